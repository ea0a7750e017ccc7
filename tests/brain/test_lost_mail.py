"""Mail is unread again when its reader ends badly, and a letter that ends each reader is not read for ever."""

import contextlib

import pytest

from company.errors import BrainError
from company.fire.fire import Fire
from company.outcomes import Done, Failed, Outcome, Skipped
from tests.support.acts import send_message
from tests.support.brains import TestBrain
from tests.support.fires import Fires

ROLE, BOSS = "data_worker", "ceo"


class Reader:
    """The work of a role: it notes the mail that it was given, then ends as a test says."""

    def __init__(self, *endings: Outcome | BaseException) -> None:
        self.endings = list(endings)
        self.read: list[list[str]] = []

    def __call__(self, fire: Fire) -> Outcome:
        self.read.append([message.body for message in fire.inbox])
        ending = self.endings.pop(0) if self.endings else Done({"letters": len(fire.inbox)})
        if isinstance(ending, BaseException):
            raise ending
        return ending


def unread(brain: TestBrain) -> list[str]:
    rows = brain.sql("owner", "SELECT body FROM company.inbox WHERE to_role = 'data_worker' AND read_at IS NULL")
    return [row["body"] for row in rows]


def test_mail_that_was_read_to_a_good_end_stays_read(brain: TestBrain, fire: Fires) -> None:
    send_message(brain, BOSS, ROLE, body="look at 1 row")
    reader = Reader(Done({"rows": 1}), Skipped("nothing to do"))

    fire(ROLE, reader)
    fire(ROLE, reader, schedule="next")

    assert reader.read == [["look at 1 row"], []]


@pytest.mark.parametrize("ending", [Failed("the feed is gone"), ZeroDivisionError("seven by nothing")])
def test_the_next_fire_reads_what_a_failed_one_read(
    brain: TestBrain, fire: Fires, ending: Outcome | BaseException
) -> None:
    send_message(brain, BOSS, ROLE, body="look at 1 row")
    reader = Reader(ending)

    _try(fire, reader, "first")
    _try(fire, reader, "next")

    assert reader.read == [["look at 1 row"], ["look at 1 row"]]
    assert unread(brain) == []


@pytest.mark.parametrize("schedule", ["first", "next"])
def test_the_fire_after_a_kill_reads_what_the_killed_one_read(brain: TestBrain, fire: Fires, schedule: str) -> None:
    """By Lambda's retry, and by another fire of the role."""
    send_message(brain, BOSS, ROLE, body="look at 1 row")
    reader = Reader(SystemExit(), Done({"rows": 1}))
    container = fire.container(ROLE, reader)
    with pytest.raises(SystemExit):
        fire(ROLE, container=container, schedule="first")
    container.brain().close()

    fire(ROLE, reader, schedule=schedule)

    assert reader.read == [["look at 1 row"], ["look at 1 row"]]


def test_mail_of_a_session_that_ran_out_of_time_is_unread_again(brain: TestBrain, fire: Fires) -> None:
    send_message(brain, BOSS, ROLE, body="look at 1 row")
    seen = []

    def hangs(_: Fire) -> Outcome:
        seen.append(unread(brain))
        brain.wait(minutes=30)
        brain.as_role("heartbeat").all("end_overdue_sessions")
        seen.append(unread(brain))
        return Done({"rows": 1})

    with pytest.raises(BrainError):
        fire(ROLE, hangs)

    assert seen == [[], ["look at 1 row"]]


def test_what_was_answered_stays_read(brain: TestBrain, fire: Fires) -> None:
    message = send_message(brain, BOSS, ROLE, kind="alarm", body="look at 1 row")

    def answers_and_fails(at_work: Fire) -> Outcome:
        at_work.brain.run("answer_message", message_id=message, answer="looked")
        return Failed("the feed is gone")

    fire(ROLE, answers_and_fails)

    assert unread(brain) == []


def test_a_letter_that_ends_each_session_is_read_three_times(brain: TestBrain, fire: Fires) -> None:
    send_message(brain, BOSS, ROLE, body="kills whoever reads it")
    reader = Reader(*[ZeroDivisionError()] * 4)

    for number in range(4):
        _try(fire, reader, f"wake-{number}")

    assert reader.read == [["kills whoever reads it"]] * 3 + [[]]


def test_notes_of_a_killed_fire_outlive_one_that_failed(fire: Fires) -> None:
    read: list[list[str]] = []

    def dies(at_work: Fire) -> Outcome:
        at_work.learn("odd", "row 7 has no id", row=7)
        raise ZeroDivisionError

    def reads(at_work: Fire) -> Outcome:
        read.append([note.body for note in at_work.earlier])
        return Failed("the feed is gone") if len(read) == 1 else Done({"rows": 1})

    with pytest.raises(ZeroDivisionError):
        fire(ROLE, dies, schedule=f"wake-{ROLE}-1")
    for finding in (2, 3, 4):
        fire(ROLE, reads, schedule=f"wake-{ROLE}-{finding}")

    assert read == [["row 7 has no id"], ["row 7 has no id"], []]


def _try(fire: Fires, reader: Reader, schedule: str) -> None:
    with contextlib.suppress(ZeroDivisionError):
        fire(ROLE, reader, schedule=schedule)
