"""What other commands ask of a company that is up: its cloud and functions are in that process alone.

A request is a file in the desk's folder, which `up` reads between two fires; the answer is another one beside it.
"""

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from company.json_values import JsonObject
from watchbill.cloud.runtime import Invocation
from watchbill.errors import DeskError
from watchbill.home import LastDay, desk_folder, is_up

WAITS_SECONDS = 120.0
"""Longer than a fire that runs just now, and the one that is asked for."""
LOOKS_EVERY_SECONDS = 0.2


class RunningDesk:
    """The part of a desk that commands use, carried out by the process in which the company is up."""

    def __init__(self, home: Path, day: LastDay) -> None:
        self._home = home
        self.roles = sorted(set(day.logins) - {"owner"})

    def now(self) -> datetime:
        return datetime.now(UTC)

    def set_now(self, moment: datetime) -> None:
        """Its clock is the real one."""

    def invoke_by_hand(self, role: str, event: JsonObject | None = None) -> Invocation:
        done = _ask(self._home, {"act": "fire", "role": role, "event": event})
        return Invocation(**{**done, "log_lines": tuple(map(tuple, done["log_lines"]))})

    def switch(self, schedule: str, *, on: bool) -> str:
        return str(_ask(self._home, {"act": "switch", "schedule": schedule, "on": on})["state"])


def answer_requests(home: Path, desk: Any) -> None:
    """Carries out what waits; an error is the answer of the one who asked, and ends nothing."""
    for path in sorted(_folder(home).glob("*.request")):
        try:
            answer = _carry_out(desk, json.loads(path.read_text(encoding="utf-8")))
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        path.unlink(missing_ok=True)
        _put(path.with_suffix(".answer"), answer)


def forget_requests(home: Path) -> None:
    """What was asked of a company that has ended since, or was answered to nobody."""
    for path in _folder(home).iterdir():
        path.unlink(missing_ok=True)


def _carry_out(desk: Any, request: JsonObject) -> JsonObject:
    if request["act"] == "switch":
        return {"state": desk.switch(request["schedule"], on=request["on"])}
    desk.set_now(datetime.now(UTC))
    return asdict(desk.invoke_by_hand(request["role"], request["event"]))


def _ask(home: Path, request: JsonObject) -> JsonObject:
    """Waits for the answer; DeskError where the company ends before, or does not answer."""
    path = _folder(home) / f"{uuid.uuid4().hex}.request"
    _put(path, request)
    with _taken_back(path):
        for answer in _until_answered(home, path.with_suffix(".answer")):
            if "error" in answer:
                raise DeskError(f"The company that is up could not do it: {answer['error']}")
            return answer
    raise DeskError("The company that was up has ended, or does not answer: run the command again.")


@contextmanager
def _taken_back(path: Path) -> Iterator[None]:
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        path.with_suffix(".answer").unlink(missing_ok=True)


def _until_answered(home: Path, path: Path) -> Iterator[JsonObject]:
    ends_at = time.monotonic() + WAITS_SECONDS
    while time.monotonic() < ends_at and is_up(home):
        if path.is_file():
            yield json.loads(path.read_text(encoding="utf-8"))
        time.sleep(LOOKS_EVERY_SECONDS)


def _put(path: Path, content: JsonObject) -> None:
    """Whole or not at all: the other side may look at any moment."""
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(content, default=str), encoding="utf-8")
    draft.replace(path)


def _folder(home: Path) -> Path:
    folder = desk_folder(home) / "requests"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder
