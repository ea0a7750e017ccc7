"""PROMISED: the outcome of each answer, when it reached its asker, and whether a fixed cause happened again."""

from datetime import timedelta

from company.fire.fire import Fire
from company.outcomes import Done, Outcome
from tests.brief.conftest import Write
from tests.support import days
from tests.support.acts import close_session, close_task
from tests.support.brains import TestBrain
from tests.support.drafts import given_session
from tests.support.fires import Fires


def promised(brief: Write) -> str:
    return " ".join(brief().page.section("PROMISED").lines)


def test_a_written_answer_is_quoted_to_the_asker_at_its_next_boot_and_to_the_owner(
    brain: TestBrain, fire: Fires, brief: Write
) -> None:
    days.a_bad_day(brain)
    brain.set_now(days.EVENING)
    brain.owner.run("answer_decision", decision_id=1, option=None, words="wait for April")
    waits = promised(brief)
    brain.wait(hours=1)
    notes: list[str] = []

    def read_notes(running: Fire) -> Outcome:
        notes.extend(note.body for note in running.inbox if note.from_role == "owner")
        return Done({"items": 1}, note="1 note read.")

    fire("data_manager", read_notes)

    assert 'D-1 "wait for April" waits for data_manager since Wed 18:00' in waits
    assert notes[0].endswith(': "wait for April"')
    assert 'D-1 "wait for April" reached data_manager Wed 19:00: no outcome yet' in promised(brief)


def test_a_question_that_expired_is_told_to_its_asker_and_to_the_owner(brain: TestBrain, brief: Write) -> None:
    days.a_bad_day(brain)
    days.write(brain, "UPDATE company.decisions SET answer_by = %(at)s", at=days.BRIEF_AT - timedelta(hours=2))
    brain.set_now(days.BRIEF_AT - timedelta(hours=1))
    brain.as_role("ceo").all("let_silence_answer")

    [note] = brain.as_role("data_manager").all("read_inbox")

    assert "nothing is done" in note["body"]
    assert "D-1 of data_manager expired Thu 05:50: nothing was done" in promised(brief)


def test_a_root_cause_that_happened_again_is_reported(brain: TestBrain, brief: Write) -> None:
    days.a_quiet_day(brain)
    brain.set_now(days.EVENING)
    memory, build = brain.as_role("memory_worker"), brain.as_role("build_worker")
    task = memory.one(
        "file_task", mode="build", title="t", payload={}, priority=5, dedupe_key=None, not_before=None
    )  # fmt: skip
    assert task is not None
    lesson = {"role": "data_worker", "signature": "failed: #", "lesson": "503 again", "task_id": task["task_id"]}
    for hours in (0, 2):
        failed = given_session(brain, "data_worker")
        close_session(brain, "data_worker", failed, "failed", reason="503")
        mine = given_session(brain, "memory_worker")
        memory.run("write_lesson", session_id=mine, sessions=[failed], **lesson)
        if not hours:
            holder = given_session(brain, "build_worker")
            build.one("claim_task", mode="build", session_id=holder, lease_seconds=400)
            close_task(brain, "build_worker", task["task_id"], holder)
            brain.wait(hours=2)

    assert (
        f"root cause {task['task_id']} (data_worker, 503 again) happened again: 1 time since it was fixed Wed 18:03"
        in promised(brief)
    )
