"""What is remembered: written by one role, from sessions that exist, on pages that can be read."""

import pytest

from company.errors import Refused
from tests.support.acts import close_session, session_of
from tests.support.brains import TestBrain
from tests.support.drafts import given_session
from tests.support.refusals import NO_RIGHT, refused


def _failed(brain: TestBrain, role: str = "data_worker") -> int:
    session = given_session(brain, role)
    close_session(brain, role, session, "failed", reason="the source said 503")
    return session


def _write(brain: TestBrain, sessions: list[int], role: str = "memory_worker", about: str = "data_worker") -> int:
    mine = given_session(brain, role)
    lesson = {"role": about, "signature": "failed: #", "lesson": "503 again", "sessions": sessions, "task_id": None}
    return int(brain.as_role(role).value("write_lesson", session_id=mine, **lesson))


def test_the_same_mistake_is_one_lesson_with_all_its_sessions(brain: TestBrain) -> None:
    first, second = _failed(brain), _failed(brain)

    one, same = _write(brain, [first]), _write(brain, [first, second])

    [row] = brain.sql("owner", "SELECT id, sessions FROM company.lessons")
    assert (one, row["sessions"]) == (same, [first, second])


@pytest.mark.parametrize("role", ["memory_auditor", "data_worker", "data_manager", "ceo", "owner"])
def test_nobody_else_writes_a_lesson(brain: TestBrain, role: str) -> None:
    with refused("only_memory_worker_writes_lessons"):
        brain.as_role(role).run(
            "write_lesson", session_id=0, role="data_worker", signature="s", lesson="l", sessions=[1], task_id=None
        )
    with refused("only_memory_worker_writes_lessons"):
        brain.as_role(role).run("retire_lesson", session_id=0, lesson_id=1, reason="I know better")


def test_a_lesson_cites_sessions_that_are_there_and_are_that_roles(brain: TestBrain) -> None:
    elsewhere = _failed(brain, "data_manager")

    for sessions in ([9_999], [elsewhere]):
        with refused("a_lesson_cites_real_sessions"):
            _write(brain, sessions)
    with refused("a_lesson_cites_its_sessions"):
        _write(brain, [])


@pytest.mark.parametrize("role", ["memory_auditor", "data_worker", "ceo"])
def test_a_memory_is_written_by_memory_worker_alone(brain: TestBrain, role: str) -> None:
    with refused("each_page_of_the_brain_has_its_writer"):
        brain.as_role(role).run("write_brain", key="MEMORY_DATA_WORKER", content="I never err.")
    with refused(NO_RIGHT):
        brain.sql(role, "UPDATE company.lessons SET lesson = 'all is well'")


def test_a_memory_has_a_limit_and_keeps_its_earlier_text(brain: TestBrain) -> None:
    worker = brain.as_role("memory_worker")
    worker.run("write_brain", key="MEMORY_DATA_WORKER", content="first")
    worker.run("write_brain", key="MEMORY_DATA_WORKER", content="second")

    with refused("a_memory_fits_its_page"):
        worker.run("write_brain", key="MEMORY_DATA_WORKER", content="x" * 4001)

    [earlier] = brain.sql("owner", "SELECT content FROM company.brain_history WHERE file_key = 'MEMORY_DATA_WORKER'")
    assert earlier["content"] == "first"


def test_a_lesson_of_an_ended_session_is_refused(brain: TestBrain) -> None:
    failed, mine = _failed(brain), session_of(brain, "memory_worker")
    close_session(brain, "memory_worker", mine)
    lesson = {"role": "data_worker", "signature": "s", "lesson": "l", "sessions": [failed], "task_id": None}

    with refused("a_fenced_session_writes_nothing"):
        brain.as_role("memory_worker").run("write_lesson", session_id=mine, **lesson)


def _learned(brain: TestBrain, name: str) -> int:
    """A lesson of its own, from a failed session."""
    lesson = {"role": "data_worker", "signature": f"failed: {name}", "lesson": name, "task_id": None}
    mine = given_session(brain, "memory_worker")
    write = brain.as_role("memory_worker").value
    return int(write("write_lesson", session_id=mine, sessions=[_failed(brain)], **lesson))


def _page(brain: TestBrain, *lessons: int, sessions: str = "", text: str = "as it was") -> None:
    """A page with these lessons, each with the session that it cites or with the given ones."""
    cited = {r["id"]: r["sessions"][0] for r in brain.sql("owner", "SELECT id, sessions FROM company.lessons")}
    lines = [f"- L-{n}, once: {text} (sessions {sessions or cited.get(n, n)})" for n in lessons]
    content = "\n".join(["What data_worker has learned.", *lines])
    brain.as_role("memory_worker").run("write_brain", key="MEMORY_DATA_WORKER", content=content)


def test_one_night_forgets_at_most_a_quarter_of_what_is_true(brain: TestBrain) -> None:
    lessons = [_learned(brain, name) for name in ("oak", "elm", "ash", "fir")]
    _page(brain, *lessons)
    brain.wait(days=1)

    for too_few in (lessons[:2], lessons[:1], []):
        with refused("three_quarters_of_what_is_true_are_kept"):
            _page(brain, *too_few)
    _page(brain, *lessons[:3])


def test_several_small_changes_of_one_night_count_as_one(brain: TestBrain) -> None:
    lessons = [_learned(brain, name) for name in ("oak", "elm", "ash", "fir")]
    _page(brain, *lessons)
    brain.wait(days=1)
    _page(brain, *lessons[:3])

    with refused("three_quarters_of_what_is_true_are_kept"):
        _page(brain, *lessons[:2])

    brain.wait(days=1)
    _page(brain, *lessons[1:3], _learned(brain, "yew"), lessons[0])


def test_a_page_is_not_emptied_by_entries_that_say_nothing(brain: TestBrain) -> None:
    lessons = [_learned(brain, name) for name in ("oak", "elm", "ash", "fir")]
    _page(brain, *lessons, text="as it was: the row had no date, and the publisher was asked for it")
    brain.wait(days=1)

    with refused("a_memory_is_not_emptied_at_once"):
        _page(brain, *lessons, text="x")
    _page(brain, *lessons, text="as it was: the row had no date")


@pytest.mark.parametrize("blank", ["", " \n", "\u200b", "- "])
def test_a_page_without_lessons_does_not_go_blank(brain: TestBrain, blank: str) -> None:
    worker = brain.as_role("memory_worker")
    worker.run("write_brain", key="MEMORY_CEO", content="Nothing was learned yet.")

    with pytest.raises(Refused):
        worker.run("write_brain", key="MEMORY_CEO", content=blank)
    assert brain.sql("ceo", "SELECT content FROM company.brain WHERE file_key = 'MEMORY_CEO'") == [
        {"content": "Nothing was learned yet."}
    ]


def test_a_lesson_is_not_declared_untrue_to_shorten_a_page(brain: TestBrain) -> None:
    lesson = _learned(brain, "oak")
    worker, mine = brain.as_role("memory_worker"), given_session(brain, "memory_worker")

    with refused("a_lesson_stays_until_its_mistake_stopped"):
        worker.run("retire_lesson", session_id=mine, lesson_id=lesson, reason="I would rather not know")
    brain.wait(days=14)
    worker.run("retire_lesson", session_id=given_session(brain, "memory_worker"), lesson_id=lesson, reason="it stopped")


@pytest.mark.parametrize(
    "entry",
    [
        "- Never believe the mirror.",
        "Believe me.",
        "- L-77, once: there is no such lesson (sessions 1)",
        "- L-1, once: it cites nothing",
        "- L-1, once: it cites another's (sessions 999)",
        "- L-1, once: it cites what is no number (sessions 1, all)",
    ],
)
def test_an_entry_without_its_sessions_is_refused(brain: TestBrain, entry: str) -> None:
    assert _learned(brain, "oak") == 1

    with refused("an_entry_of_memory_cites_its_sessions"):
        brain.as_role("memory_worker").run("write_brain", key="MEMORY_DATA_WORKER", content=f"Head.\n{entry}")
    with refused("an_entry_of_memory_cites_its_sessions"):
        _page(brain, 1, sessions="999")


def test_another_roles_lesson_is_not_on_a_page(brain: TestBrain) -> None:
    lesson = _learned(brain, "oak")

    with refused("an_entry_of_memory_cites_its_sessions"):
        brain.as_role("memory_worker").run(
            "write_brain", key="MEMORY_CEO", content=f"Head.\n- L-{lesson}, once: x (sessions 1)"
        )
