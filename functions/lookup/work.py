"""Answers requests to the function URL; the site is built once per warm container."""

from functools import cache
from pathlib import Path

from company.api import ApiSite, Strangers, respond
from company.errors import SettingsError
from company.fire.role import NO_FIRES
from company.fire.wiring import Container, wire
from company.json_values import JsonObject

FOLDER = Path(__file__).resolve().parent


def answer_program(event: JsonObject, _context: object) -> JsonObject:
    """Answers one request in payload format 2.0; an event that is no request gets a 400."""
    return respond(_site(), event)


@cache
def _container() -> Container:
    return wire(FOLDER, NO_FIRES)


@cache
def _site() -> ApiSite:
    container = _container()
    lookup = container.vertical().lookup
    if lookup is None:
        raise SettingsError(f"{container.settings.vertical} looks nothing up: take the function lookup away")
    return ApiSite(
        brain=container.brain,
        routes=lookup.routes,
        public=lookup.public,
        posted=lookup.posted,
        log=container.log,
        strangers=Strangers(),
    )
