"""`why X`: one timeline of anything, oldest first, and what one can do now."""

from datetime import timedelta

import pytest

from company.errors import NothingKnown
from company.pages.why import Story, why
from tests.support import days
from tests.support.acts import ask_decision, session_of
from tests.support.brains import TestBrain
from tests.support.fires import Fires


def event_lines(story: Story) -> list[str]:
    return [f"{event.who}: {event.what}" for event in story.events]


def test_the_story_of_a_finding_names_who_found_answered_and_asked(brain: TestBrain) -> None:
    days.a_bad_day(brain)

    story = why(brain.owner, "f-1")

    assert event_lines(story) == [
        "heartbeat: found: tides is 42 h old (limit 29 h) (planted); handed to scraping_manager",
        "scraping_manager: 14 requests, all answered not yet; asking again every hour.",
    ]
    in_a_week = brain.now() + timedelta(days=7)
    assert story.still_open[-1].endswith(f": watchbill findings mute F-1 --until {in_a_week:%Y-%m-%d}")


def test_a_muted_finding_says_until_when_and_not_how_to_mute_it(brain: TestBrain) -> None:
    days.a_bad_day(brain)
    until = brain.now() + timedelta(days=8)
    brain.owner.run("mute_finding", finding_id=1, until=until)

    muted = why(brain.owner, "F-1").still_open
    brain.set_now(until)

    assert muted[-1].endswith(f"; muted until {until:%Y-%m-%d %H:%M} UTC: the brief repeats it from then on")
    assert "findings mute F-1" in why(brain.owner, "F-1").still_open[-1], "that time is over"


def test_a_finding_with_a_question_says_how_to_answer_it(brain: TestBrain) -> None:
    days.a_bad_day(brain)

    story = why(brain.owner, "F-2")

    assert "waits for data_manager" in story.still_open[0]
    assert story.still_open[1] == "your answer to D-1: watchbill decide D-1"


def test_a_closed_finding_says_how_it_ended_and_that_nothing_is_open(brain: TestBrain) -> None:
    days.a_bad_day(brain)
    brain.owner.run("close_finding", finding_id=1, resolution="the edition came")

    story = why(brain.owner, "F-1")

    assert event_lines(story)[-1] == "owner: closed: the edition came"
    assert story.still_open == ()


def test_the_story_of_a_decision_has_question_answer_and_outcome(brain: TestBrain) -> None:
    days.a_bad_day(brain)
    brain.owner.run("answer_decision", decision_id=1, option="yes", words=None)
    waiting = why(brain.owner, "D-1").still_open
    brain.as_role("data_manager").run("note_decision_acted", decision_id=1, outcome="switched on")

    story = why(brain.owner, "D-1")

    assert waiting == ("data_manager acts on it at its next fire: watchbill invoke data_manager",)
    assert [line.split(":")[0] for line in event_lines(story)] == ["heartbeat", "data_manager", "owner", "data_manager"]
    assert event_lines(story)[-1] == "data_manager: did: switched on"


def test_the_story_of_a_task_has_each_change_of_its_state(brain: TestBrain) -> None:
    brain.as_role("data_manager").run(
        "file_task", mode="data", title="look at it", payload={}, priority=5, dedupe_key=None, not_before=None
    )
    brain.owner.run("sort_task", task_id=1, status="stale", reason="no longer needed", successor=None, priority=None)

    assert event_lines(why(brain.owner, "T-1")) == [
        "data_manager: filed: look at it",
        "owner: pending -> stale: no longer needed",
    ]
    assert why(brain.owner, "1").title == "look at it (stale)"


def test_the_story_of_a_missed_slot_says_that_nothing_fired_and_what_to_do(brain: TestBrain) -> None:
    days.a_bad_day(brain)

    story = why(brain.owner, "data_worker@2026-03-11T07:00")

    assert event_lines(story)[-1].startswith("ledger: missed")
    assert story.still_open == ("fire it by hand: watchbill invoke data_worker",)


def test_a_slot_can_be_named_by_its_time_of_day(brain: TestBrain) -> None:
    days.a_bad_day(brain)

    assert why(brain.owner, "data_worker 07:00") == why(brain.owner, "data_worker@2026-03-11T07:00+00:00")


def test_the_story_of_a_session_has_its_notes_and_its_result(brain: TestBrain, fire: Fires) -> None:
    from company.fire.fire import Fire
    from company.outcomes import Done

    def work(running: Fire) -> Done:
        running.learn("saw", "the tide is high")
        return Done({"looked_at": 3})

    session = fire("data_auditor", work)["session_id"]

    assert event_lines(why(brain.owner, f"S-{session}")) == [
        "data_auditor: began on slot data_auditor@2026-03-11T07:00, attempt 1",
        "data_auditor: the tide is high",
        "data_auditor: done; looked_at 3",
    ]


def test_the_story_of_a_batch_has_one_outcome_for_each_row(brain: TestBrain) -> None:
    days.source(brain, promoted=2)
    brain.wait(hours=2)

    story = why(brain.owner, "B-1")

    assert event_lines(story)[-1] == "promote: read 1521 = promoted 2 + unchanged 1519 + quarantined 0 + held 0"


def test_the_story_of_a_delivery_has_when_it_was_accepted(brain: TestBrain) -> None:
    days.delivery(brain, "Alder Bank", items=2)

    story = why(brain.owner, "L-1")

    assert story.title == "to Alder Bank: 2 of your things changed"
    assert event_lines(story)[-1] == "deliver: sent: accepted"


def test_the_story_of_a_delivery_has_who_approved_it_and_the_mail_servers_answer(brain: TestBrain) -> None:
    days.delivery(brain, "Alder Bank", items=2)
    days.write(brain, "UPDATE company.outbox SET decision_id = %(id)s", id=ask_decision(brain, fingerprint="x"))
    brain.owner.run("answer_decision", decision_id=1, option="yes", words=None)
    bounced = "INSERT INTO company.mail_events VALUES (DEFAULT, 'k', 1, 'bounced', %(at)s, 'full')"
    days.write(brain, bounced, at=days.BRIEF_AT)

    story = event_lines(why(brain.owner, "L-1"))

    assert story[-1] == "mail server: bounced: full"
    assert {"data_manager: asked the owner: D-1", "owner: D-1: yes"} < set(story)


def test_a_story_begins_with_the_oldest_event(brain: TestBrain) -> None:
    days.a_bad_day(brain)
    brain.set_now(days.BRIEF_AT + timedelta(hours=1))
    brain.owner.run("answer_decision", decision_id=1, option="no", words=None)

    for subject in ("F-1", "F-2", "D-1", "data_worker 07:00"):
        moments = [event.at for event in why(brain.owner, subject).events]
        assert moments == sorted(moments)


@pytest.mark.parametrize("x", ["F-9", "D-9", "T-9", "S-9", "B-9", "L-9", "zork", "", "ceo@soon", "nobody 07:00"])
def test_a_name_that_is_not_kept_is_an_error_with_a_message(brain: TestBrain, x: str) -> None:
    with pytest.raises(NothingKnown):
        why(brain.owner, x)


def test_the_story_of_a_role_has_its_fires_what_was_found_and_what_is_open(brain: TestBrain) -> None:
    days.a_bad_day(brain)
    session_of(brain, "data_manager")
    days.write(brain, "UPDATE company.sessions SET finished_at = started_at, outcome = 'failed', reason = 'full'")

    story = why(brain.owner, "data_manager")

    assert story.title.startswith("a manager that reports to ceo")
    assert "F-2: watchbill why F-2" in story.still_open
    assert "your answer to D-1: watchbill decide D-1" in story.still_open
    assert any("failed, full" in event.what for event in story.events)


@pytest.mark.parametrize("name", ["finding 1", "Finding 1", "f1", "F1", "decision 1", "question 1"])
def test_a_thing_is_found_by_the_word_for_it_as_well(brain: TestBrain, name: str) -> None:
    days.a_bad_day(brain)

    assert why(brain.owner, name).subject in ("F-1", "D-1")


def test_a_number_that_was_used_up_is_no_deletion(brain: TestBrain) -> None:
    days.a_bad_day(brain)
    days.write(brain, "SELECT nextval(pg_get_serial_sequence('company.findings', 'id'))")
    last = days.finding(brain, "odd", "x", "something is odd", "data_manager")

    with pytest.raises(NothingKnown, match=f"there is no F-{last - 1}, and there never was: its number was given to"):
        why(brain.owner, f"F-{last - 1}")
    with pytest.raises(NothingKnown, match=f"there is no F-{last + 1}; the last is F-{last}"):
        why(brain.owner, f"F-{last + 1}")
    with pytest.raises(NothingKnown, match="there is no C-1 yet"):
        why(brain.owner, "C-1")
