"""memory_worker and memory_auditor: a mistake is remembered with its sessions, and forgotten when it stops."""

from tests.functions.office import Office
from tests.support.acts import close_session
from tests.support.drafts import given_session


def _fail(office: Office, times: int, reason: str = "route {n} said 503", role: str = "data_worker") -> list[int]:
    sessions = []
    for n in range(times):
        sessions.append(given_session(office.works.brain, role))
        close_session(office.works.brain, role, sessions[-1], "failed", reason=reason.format(n=n))
    return sessions


def test_failures_that_differ_only_in_figures_are_one_mistake(office: Office) -> None:
    sessions = _fail(office, 2)

    answer = office.run("memory_worker")

    assert (answer["evidence"]["failures"], answer["evidence"]["mistakes"]) == (2, 1)
    [lesson] = office.rows("SELECT role, sessions FROM company.lessons")
    assert tuple(lesson.values()) == ("data_worker", sessions)


def test_a_mistake_made_three_times_becomes_one_task_for_its_cause(office: Office) -> None:
    _fail(office, 3)

    first = office.run("memory_worker")
    _fail(office, 1)
    again = office.run("memory_worker")

    assert (first["evidence"]["root_causes"], again["evidence"]["root_causes"]) == (1, 0)
    [task] = office.rows("SELECT mode, payload FROM company.task_queue")
    assert (task["mode"], task["payload"]["role"]) == ("build", "data_worker")


def test_what_was_learned_stands_on_the_page_that_the_role_reads_at_boot(office: Office) -> None:
    [session] = _fail(office, 1)
    office.run("memory_worker")

    page = office.value("SELECT content FROM company.brain WHERE file_key = 'MEMORY_DATA_WORKER'")
    assert "L-1, once" in page
    assert f"(sessions {session})" in page


def test_a_mistake_that_stopped_leaves_the_page(office: Office) -> None:
    _fail(office, 1)
    office.run("memory_worker")

    answer = office.run("memory_worker", days=15)

    assert answer["evidence"]["retired"] == 1
    assert "L-1" not in office.value("SELECT content FROM company.brain WHERE file_key = 'MEMORY_DATA_WORKER'")
    assert office.value("SELECT retired_because FROM company.lessons") == "it has not come back for 15 days"


def test_a_memory_stays_within_its_page_however_much_went_wrong(office: Office) -> None:
    for word in ("oak", "elm", "ash", "fir", "yew", "bay", "fig", "may", "box", "gum", "tea", "sal"):
        _fail(office, 1, reason=f"{word} " * 90)

    office.run("memory_worker")

    size = office.value("SELECT length(content) FROM company.brain WHERE file_key = 'MEMORY_DATA_WORKER'")
    assert 3000 < size <= 4000


def test_lessons_are_looked_up_in_the_sessions_that_they_cite(office: Office) -> None:
    _fail(office, 2)
    office.run("memory_worker")

    answer = office.run("memory_auditor")

    seen = answer["evidence"]
    assert (seen["lessons"], seen["pages"], seen["differing"]) == (1, 1, 0)


def test_a_lesson_that_its_sessions_do_not_show_is_found(office: Office) -> None:
    _fail(office, 1)
    office.run("memory_worker")
    office.works.brain.admin.execute("UPDATE company.lessons SET signature = 'failed: the moon was full'")

    office.run("memory_auditor")

    found = office.finding("wrong_memory")
    assert (found["subject"], found["accused"], found["watcher"]) == ("L-1", "memory_worker", "ceo")
    assert "did not end so" in found["title"]


def test_a_memory_that_somebody_else_wrote_is_found(office: Office) -> None:
    office.works.brain.admin.execute(
        "INSERT INTO company.brain (file_key, content, updated_by) VALUES ('MEMORY_CEO', '- L-77, once: trust', 'ceo')"
    )

    office.run("memory_auditor")

    assert "written by ceo" in office.finding("wrong_memory")["title"]


def test_without_lessons_there_is_nothing_to_audit(office: Office) -> None:
    assert office.run("memory_auditor")["reason"] == "no lesson and no memory stands"
