"""One request to the function URL: the console's site, built once per warm container."""

import json
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from company.aws import console_key_parameter, fetch_secret
from company.console import Site, respond
from company.fire.wiring import House, wire

FOLDER = Path(__file__).resolve().parent


def answer(event: Any, _context: Any) -> dict[str, Any]:
    """Answers one request in payload format 2.0; an event that is none of it gets a 400."""
    response = respond(_site(), event)
    _house().log.info("answered", status=response["statusCode"], method=_method(event))
    return response


@cache
def _house() -> House:
    return wire(FOLDER)


@cache
def _site() -> Site:
    house = _house()
    return Site(
        brain=house.brain,
        key=fetch_secret(house.cloud, console_key_parameter(house.settings.company)),
        title=house.vertical.title,
        zone=ZoneInfo(house.settings.owner_timezone),
        desk=house.settings.desk,
        wake=wake,
    )


def wake(role: str) -> bool:
    """Fires the role that asked, at once; an answer stands whether or not this works."""
    house = _house()
    due_at = house.brain().now().strftime("%Y-%m-%dT%H:%M:%SZ")
    event = {"role": role, "schedule": f"by-hand-{role}", "due_at": due_at, "attempt": "1"}
    try:
        house.cloud.client("lambda").invoke(
            FunctionName=f"{house.settings.company}-{role}", InvocationType="Event", Payload=json.dumps(event).encode()
        )
    except Exception as error:  # whatever Lambda and the network can do, the owner's answer is kept
        house.log.warning("the asker was not woken", asker=role, error=repr(error))
        return False
    return True


def _method(event: Any) -> str:
    """Never the path: it may hold a token, and logs are read by others."""
    context = event.get("requestContext") if isinstance(event, dict) else None
    return str((context or {}).get("http", {}).get("method", ""))
