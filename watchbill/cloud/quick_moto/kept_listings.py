"""moto's listing of schedules, kept until a request changes one: every beat asks for it, and few find another.

It stands behind the check of rights, so that who may not ask is refused as before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LISTING = "/schedules"


@dataclass(frozen=True)
class KeptAnswer:
    """One answer, and how many changes there were before it."""

    changes: int
    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


class KeptListings:
    """WSGI middleware in front of moto. A change counts twice, at its begin and at its end: what was listed in the
    middle of one is not kept."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application
        self._changes = 0
        self._kept: dict[str, KeptAnswer] = {}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        is_about_schedules = environ["PATH_INFO"].startswith(LISTING)
        if is_about_schedules and environ["REQUEST_METHOD"] != "GET":
            return self._change(environ, start_response)
        if is_about_schedules and environ["PATH_INFO"] == LISTING:
            return self._list(environ, start_response)
        return self._application(environ, start_response)

    def _change(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self._changes += 1
        try:
            return list(self._application(environ, start_response))
        finally:
            self._changes += 1

    def _list(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        asked, changes = str(environ.get("QUERY_STRING", "")), self._changes
        kept = self._kept.get(asked)
        if kept is None or kept.changes != changes:
            kept = self._ask(environ, changes)
            if kept.status.startswith("200") and self._changes == changes:
                self._kept[asked] = kept
        start_response(kept.status, list(kept.headers))
        return [kept.body]

    def _ask(self, environ: WSGIEnvironment, changes: int) -> KeptAnswer:
        started: list[tuple[str, tuple[tuple[str, str], ...]]] = []

        def note(status: str, headers: list[tuple[str, str]], *_: object) -> Any:
            started.append((status, tuple(headers)))

        body = b"".join(self._application(environ, note))
        return KeptAnswer(changes, *started[-1], body)
