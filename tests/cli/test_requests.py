"""A company that is up carries out what other commands ask of it, between two of its fires."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from watchbill.cloud.runtime import Invocation
from watchbill.cloud.scheduler import WallClock
from watchbill.desk import requests
from watchbill.desk.requests import RunningDesk, answer_requests, forget_requests
from watchbill.errors import DeskError
from watchbill.home import DAY, UP, LastDay, holding_the_desk, is_up, last_day, remember

RAN = Invocation("1", "ok", {"outcome": "done"}, 12.5, 13, 80, None, 14.0, "/watchbill/x/ceo", "s", ((1, "closed"),))


def company(name: str) -> LastDay:
    return LastDay(f"watchbill_{name}", name, "patchfirst", "real time", "2026-03-11", "2026-03-12T07:00", {"ceo": "p"})


class FakeDesk:
    """Notes what it is asked for; content_worker fails."""

    def __init__(self) -> None:
        self.did: list[object] = []

    def set_now(self, moment: datetime) -> None:
        self.did.append(moment.tzinfo)

    def invoke_by_hand(self, role: str, event: Any) -> Invocation:
        if role == "content_worker":
            raise ValueError("no such function")
        self.did.append((role, event))
        return RAN

    def switch(self, schedule: str, *, on: bool) -> str:
        self.did.append((schedule, on))
        return "ENABLED" if on else "DISABLED"


@contextmanager
def up(home: Path, monkeypatch: pytest.MonkeyPatch, desk: FakeDesk) -> Iterator[RunningDesk]:
    """A company that waits for its next slot, and ends with the block."""
    monkeypatch.setattr("sys.argv", ["watchbill", "up"])
    monkeypatch.setattr(requests, "LOOKS_EVERY_SECONDS", 0.01)
    monkeypatch.setattr("watchbill.cloud.scheduler.LOOKS_EVERY_SECONDS", 0.01)
    clock, ended = WallClock(), threading.Event()
    clock.between = partial(answer_requests, home, desk)

    def wait() -> None:
        while not ended.is_set():
            clock.wait_until(clock.now + timedelta(seconds=0.05))

    with holding_the_desk(home):
        waiting = threading.Thread(target=wait)
        waiting.start()
        try:
            yield RunningDesk(home, company("up"))
        finally:
            ended.set()
            waiting.join()


def test_a_fire_and_a_switch_are_done_by_the_process_that_is_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = FakeDesk()

    with up(tmp_path, monkeypatch, desk) as running:
        done, state = running.invoke_by_hand("ceo", {"a": 1}), running.switch("ceo", on=False)

    assert (done, state) == (RAN, "DISABLED")
    assert desk.did == [UTC, ("ceo", {"a": 1}), ("ceo", False)]
    assert list((tmp_path / "desk" / "requests").iterdir()) == []


def test_what_fails_there_is_said_here_and_ends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with up(tmp_path, monkeypatch, FakeDesk()) as running:
        with pytest.raises(DeskError, match="could not do it: ValueError: no such function"):
            running.invoke_by_hand("content_worker")

        assert running.invoke_by_hand("ceo").is_ok


def test_a_company_that_has_ended_is_not_waited_for(tmp_path: Path) -> None:
    with pytest.raises(DeskError, match="has ended, or does not answer"):
        RunningDesk(tmp_path, company("up")).switch("ceo", on=True)


@pytest.mark.parametrize("junk", ["", "[", "{}", "[1]", '{"act": "fire"}'])
def test_a_broken_request_ends_nothing(tmp_path: Path, junk: str) -> None:
    folder = tmp_path / "desk" / "requests"
    folder.mkdir(parents=True)
    (folder / "1.request").write_text(junk, encoding="utf-8")

    answer_requests(tmp_path, SimpleNamespace(set_now=lambda _: None))

    assert '"error"' in (folder / "1.answer").read_text(encoding="utf-8")
    forget_requests(tmp_path)
    assert list(folder.iterdir()) == []


def test_commands_are_about_the_company_that_is_up_and_afterwards_about_the_last_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(tmp_path, company("up"), UP)
    assert last_day(tmp_path).company == "up", "there is no day yet"
    remember(tmp_path, company("day"), DAY)

    with up(tmp_path, monkeypatch, FakeDesk()):
        during, is_running = last_day(tmp_path).company, is_up(tmp_path)

    assert (during, is_running) == ("up", True)
    assert (last_day(tmp_path).company, is_up(tmp_path)) == ("day", False)


def test_a_command_that_has_the_desk_open_is_no_company_that_is_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["watchbill", "invoke", "ceo"])

    with holding_the_desk(tmp_path):
        assert not is_up(tmp_path)
