"""Answers requests to the function URL; the site is built once per warm container."""

import json
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from company.aws.clients import console_key_parameter, fetch_secret, handle_key_parameter
from company.console.app import respond
from company.console.site import Site
from company.fire.role import NO_FIRES
from company.fire.wiring import Container, wire
from company.json_values import JsonObject

FOLDER = Path(__file__).resolve().parent
IN_FORCE = (":live", "")
"""What the schedule of a role invokes: the alias live, where its function has one, and else the newest code, which
may otherwise be a change that was not proved, or was taken back.
"""


def answer(event: JsonObject, _context: object) -> JsonObject:
    """Answers one request in payload format 2.0; an event that is no request gets a 400."""
    response = respond(_site(), event)
    _container().log.info("answered", status=response["statusCode"], method=_method(event))
    return response


@cache
def _container() -> Container:
    return wire(FOLDER, NO_FIRES)


@cache
def _site() -> Site:
    container = _container()
    return Site(
        brain=container.brain,
        key=fetch_secret(container.cloud, console_key_parameter(container.settings.company)),
        title=container.vertical().title,
        zone=ZoneInfo(container.settings.owner_timezone),
        desk=container.settings.desk,
        call=call,
        handle_key=fetch_secret(container.cloud, handle_key_parameter(container.settings.company)),
        vertical=container.vertical(),
    )


def call(role: str) -> str:
    """Asks Lambda to fire a role at once. Whether it then works is seen in its fires, not here."""
    container = _container()
    due_at = container.brain().now().strftime("%Y-%m-%dT%H:%M:%SZ")
    event = {"role": role, "schedule": f"by-hand-{role}", "due_at": due_at, "attempt": "1"}
    try:
        _invoke(container, f"{container.settings.company}-{role}", json.dumps(event).encode())
    except Exception as error:  # any error of Lambda or the network: the owner's answer is kept
        container.log.warning("the role was not called", called=role, error=repr(error))
        return f"{role} could not be called ({type(error).__name__}); it reads this at its next fire."
    return f"{role} was called: Lambda has accepted it. Its fires show what came of it."


def _invoke(container: Container, function: str, payload: bytes) -> None:
    client = container.cloud.client("lambda")
    for version in IN_FORCE:
        try:
            client.invoke(FunctionName=function + version, InvocationType="Event", Payload=payload)
        except client.exceptions.ResourceNotFoundException:
            if version == IN_FORCE[-1]:
                raise
        else:
            return


def _method(event: JsonObject) -> str:
    """Never the path: it may hold a token, and logs are read by others."""
    context = event.get("requestContext") if isinstance(event, dict) else None
    return str((context or {}).get("http", {}).get("method", ""))
