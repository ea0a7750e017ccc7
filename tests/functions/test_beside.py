"""heartbeat: what it asks AWS goes on beside its own work, and ends with the beat as if it had been waited for."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from threading import Event, Timer, current_thread, main_thread
from typing import Any

import pytest

from company.brain import Brain
from company.fire.beside import Beside, Threads
from company.money.budget import FireBudget
from company.owner.marks import BEAT
from tests.functions.office import Office
from tests.functions.test_going_back import BUCKET, objects, warm_heartbeat, went_back
from tests.support.poison import left_out, open_items

LISTING, MARK = "before-call.scheduler.ListSchedules", "before-call.s3.PutObject"


class Unreachable(Exception):
    """AWS did not answer."""


@contextmanager
def at(office: Office, event: str, act: Callable[[], None]) -> Iterator[None]:
    """Does something when the request is about to leave, in the thread that asks."""
    events = office.works.cloud.client(event.split(".")[1]).meta.events

    def do(**_: Any) -> None:
        act()

    events.register_first(event, do)
    yield
    events.unregister(event, do)


def no_answer() -> None:
    raise Unreachable("no answer in 30 s")


@pytest.fixture
def beat(office: Office) -> Callable[[], Any]:
    """A warm heartbeat, which has beaten once."""
    office.works.cloud.client("s3").create_bucket(Bucket=BUCKET)
    office.deploy("heartbeat", "data_worker", "data_auditor")
    beat = warm_heartbeat(office)
    beat()
    return beat


def test_the_brain_is_asked_what_is_to_do_while_the_schedules_are_listed(
    office: Office, beat: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, seen = Event(), list[bool]()
    text = Brain._text

    def noting(brain: Brain, query: str) -> bytes:
        if query == "steps_to_do":
            asked.set()
        return text(brain, query)

    monkeypatch.setattr(Brain, "_text", noting)
    with at(office, LISTING, lambda: seen.append(asked.wait(10) and current_thread() is not main_thread())):
        office.works.brain.wait(minutes=5)
        beat()

    assert seen == [True]


def test_a_listing_that_fails_is_a_finding_about_its_step_and_the_next_beat_has_a_new_one(
    office: Office, beat: Callable[[], Any]
) -> None:
    with at(office, LISTING, no_answer):
        failed = beat()
    during, without = open_items(office.works.brain), left_out(office.works.brain)
    error = office.finding("item_failed")["evidence"]["errors"]
    office.deploy("ceo")

    next_one = beat()

    assert (failed["outcome"], during, without) == (
        "done",
        ["reading the schedules"],
        ["steps: 1 of 21 (reading the schedules)"],
    )
    assert error == {"reading the schedules": "Unreachable: no answer in 30 s"}
    assert (failed["evidence"].get("schedules", 0), next_one["evidence"]["schedules"]) == (0, 4)
    assert open_items(office.works.brain) == []


def test_a_schedule_that_is_new_is_in_the_ledger_after_the_same_beat(office: Office, beat: Callable[[], Any]) -> None:
    """What was to do is asked again where the reading noted something."""
    office.deploy("ceo")

    answer = beat()

    assert answer["evidence"]["written_ahead"] > 0
    assert office.value("SELECT count(*) > 0 AS yes FROM company.slots WHERE schedule = 'ceo'")


def test_a_fire_that_is_a_duplicate_lists_nothing(office: Office, beat: Callable[[], Any]) -> None:
    """Another beat may be at work: what that one wakes after this listing would be taken for gone."""
    listed = list[int]()
    cloud, due_at = office.works.cloud, office.works.brain.now()
    container = office.works.fire.container("heartbeat", cloud=cloud, bucket=BUCKET, schedule_group=office.GROUP)
    with at(office, LISTING, lambda: listed.append(1)):
        answer = office.works.fire("heartbeat", container=container, due_at=due_at, request_id="again")

    assert (answer["outcome"], listed) == ("duplicate", [])


def test_a_listing_that_answers_after_the_deadline_leaves_the_other_steps_to_the_next_beat(
    office: Office, beat: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    office.works.brain.wait(hours=1)
    with (
        monkeypatch.context() as patch,
        at(office, LISTING, lambda: patch.setattr(FireBudget, "seconds_left", lambda _: 1.0)),
    ):
        late = beat()
    without, marked = left_out(office.works.brain), objects(office, BEAT)

    in_time = beat()

    assert (late["outcome"], late["evidence"]["schedules"], late["evidence"].get("missed", 0)) == ("done", 3, 0)
    assert without[0].startswith("steps: ") and len(marked) == 1
    assert in_time["evidence"]["missed"] > 0


def test_the_beat_ends_after_its_mark_is_written(office: Office, beat: Callable[[], Any]) -> None:
    """A Lambda is frozen when its handler has returned; the mark is put when the beat is committed, and not before."""
    recorded = list[datetime]()

    def slowly() -> None:
        recorded.append(office.value("SELECT max(at) AS at FROM company.beats"))
        Event().wait(0.5)

    with at(office, MARK, slowly):
        beat()

    now = office.works.brain.now()
    assert recorded == [now]
    assert objects(office, BEAT) == [{"at": now.isoformat()}]


def test_a_mark_that_cannot_be_written_is_said_and_the_next_beat_reads_what_is_there(
    office: Office, beat: Callable[[], Any], caplog: pytest.LogCaptureFixture
) -> None:
    from botocore.exceptions import EndpointConnectionError

    def refuse() -> None:
        raise EndpointConnectionError(endpoint_url="https://s3.invalid")

    with at(office, MARK, refuse), caplog.at_level(logging.WARNING):
        failed = beat()
    [said] = [line for line in caplog.records if "could not be written" in line.getMessage()]
    client = office.works.cloud.client("s3")
    ahead = office.works.brain.now() + timedelta(hours=1)
    client.put_object(Bucket=BUCKET, Key=BEAT, Body=json.dumps({"at": ahead.isoformat()}).encode())
    beat()

    assert (failed["outcome"], said.threadName) == ("done", main_thread().name)
    assert len(went_back(office)) == 1


def test_a_request_that_nobody_waited_for_has_ended_when_the_fire_ends() -> None:
    let_go, ended = Event(), list[str]()
    Timer(0.3, let_go.set).start()

    with pytest.raises(ZeroDivisionError), Beside(Threads()) as beside:
        beside.begin("slow", object, lambda _: ended.append("slow" if let_go.wait(10) else "cut"))
        beside.begin("failed", object, lambda _: no_answer())
        raise ZeroDivisionError

    assert ended == ["slow"]


def test_an_answer_is_of_its_own_fire_and_never_of_the_one_before() -> None:
    threads, numbers = Threads(), count()
    with Beside(threads) as first:
        first.begin("listing", object, lambda _: next(numbers))
    with Beside(threads) as second:
        with pytest.raises(KeyError):
            second.answer("listing")
        second.begin("listing", object, lambda _: next(numbers))
        assert second.answer("listing") == 1


def test_a_client_that_cannot_be_made_is_the_answers_error_and_afterwards_hears_of_it() -> None:
    heard = list[str]()

    def note(answer: Callable[[], Any]) -> None:
        with pytest.raises(Unreachable):
            answer()
        heard.append(current_thread().name)

    with Beside(Threads()) as beside:
        beside.begin("mark", no_answer, lambda _: None, note)

    assert heard == [main_thread().name]
