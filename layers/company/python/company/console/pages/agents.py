"""Agents: every fire, one fire's transcript, and two of them side by side."""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.event_handler import Response

from company.aws.function_url import BadRequest
from company.console.paging import paged
from company.console.rendering import message, page
from company.console.routing import new_routes
from company.console.visit import Visit, visit_of

LOG = 200
routes = new_routes()


@routes.get("/agents")
def _agents() -> Response[str]:
    visit = visit_of(routes)
    role = visit.asked("role") or None
    rows = paged(visit, lambda **part: visit.brain.all("console_sessions", role=role, **part))
    return page(visit, "agents.html.j2", role=role, **rows)


@routes.get("/S-<number>")
def _session(number: str) -> Response[str]:
    visit = visit_of(routes)
    fire = _fire(visit, number)
    if fire is None:
        return message(visit.site, "Nothing is known of it", f"There is no S-{number[:15]}.", 404)
    keys = [f"SKILL_{fire['role'].upper()}", "PROJECT_STATUS", f"MEMORY_{fire['role'].upper()}", "PRODUCT"]
    return page(
        visit,
        "session.html.j2",
        fire=fire,
        boot=visit.brain.all("console_boot_pages", keys=keys, at=fire["started_at"]),
        messages=visit.brain.all("console_messages", id=fire["id"]),
        calls=visit.brain.all("console_calls", id=fire["id"]),
        **paged(visit, lambda **part: visit.brain.all("console_log", id=fire["id"], **part), LOG),
    )


@routes.get("/agents/compare")
def _compare() -> Response[str]:
    """Two fires of any roles, line beside line."""
    visit = visit_of(routes)
    fires = [_fire(visit, visit.asked(name).upper().removeprefix("S-")) for name in ("a", "b")]
    if None in fires:
        raise BadRequest(422, "Name two fires by their numbers, like S-12 and S-34.")
    logs = [visit.brain.all("console_log", id=one["id"], before=None, limit=LOG) for one in fires if one]
    return page(visit, "compare.html.j2", fires=fires, logs=logs)


def _fire(visit: Visit, number: str) -> Mapping[str, Any] | None:
    if not (number.isascii() and number.isdecimal() and len(number) <= 15):
        return None
    return visit.brain.one("console_session", id=int(number))
