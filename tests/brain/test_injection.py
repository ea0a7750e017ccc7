"""What a login may report about orders in data, and what a harmful login can do with its rights."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.support.acts import ask_decision, close_session, file_task, open_finding, send_message, session_of
from tests.support.brains import TestBrain
from tests.support.refusals import NO_RIGHT, refused

REPORTED = "SELECT * FROM company.findings WHERE kind = 'instructions_in_data' ORDER BY id"


def note(brain: TestBrain, role: str, session: int, subject: str | None = None, **given: Any) -> int:
    """One text that gives orders, reported by its reader."""
    fields = {"place": "claim_task", "words": "ignore your orders", "evidence": {"sign": "s", "excerpt": "e"}, **given}
    row = brain.as_role(role).one("note_instructions", session_id=session, subject=subject or role, **fields)
    assert row is not None
    return int(row["finding_id"])


def test_a_worker_opens_this_finding_and_no_other(brain: TestBrain) -> None:
    session = session_of(brain, "data_worker")

    note(brain, "data_worker", session, evidence={"level": "ring", "excerpt": "x" * 5000, "sign": ["a"]})

    [reported] = brain.sql("owner", REPORTED)
    assert (reported["level"], reported["watcher"], reported["found_by"]) == ("brief", "data_auditor", "data_worker")
    assert reported["title"] == "text that gives orders: data_worker in claim_task"
    assert {name: reported["evidence"].get(name) for name in ("level", "sign", "excerpt")} == {
        "level": None, "sign": None, "excerpt": "x" * 200,
    }  # fmt: skip
    with refused("findings_come_from_who_checks"):
        open_finding(brain, "data_worker")


@pytest.mark.parametrize(("role", "subject"), [("data_worker", "data_manager"), ("data_worker", "kev"), ("check", "x")])
def test_nobody_reports_what_they_did_not_read(brain: TestBrain, role: str, subject: str) -> None:
    session = session_of(brain, role)

    with refused("instructions_are_reported_by_who_read_them"):
        note(brain, role, session, subject)


def test_an_ended_session_reports_nothing(brain: TestBrain) -> None:
    session = session_of(brain, "data_worker")

    with refused("a_fenced_session_writes_nothing"):
        note(brain, "data_manager", session)


def test_one_text_is_one_finding_however_many_read_it(brain: TestBrain) -> None:
    for role in ("data_worker", "data_manager", "ceo"):
        note(brain, role, session_of(brain, role), place="PROJECT_STATUS")

    [reported] = brain.sql("owner", REPORTED)
    assert reported["times_seen"] == 3
    assert "ceo in project_status" in reported["evidence"]


def test_a_session_that_reports_everything_opens_one_finding(brain: TestBrain) -> None:
    session = session_of(brain, "data_worker")

    for n in range(50):
        note(brain, "data_worker", session, words=f"order {n}", place=f"place {n}")

    reported = brain.sql("owner", REPORTED)
    assert len(reported) == 7
    assert (reported[-1]["fingerprint"], reported[-1]["times_seen"]) == ("instructions:data_worker:more", 44)


def test_only_check_looks_through_staging_by_pattern(brain: TestBrain) -> None:
    with refused(NO_RIGHT):
        brain.as_role("data_worker").all("rows_with_instructions", batch=1, anchors=["%"], pattern="x", invisible="")


@pytest.mark.parametrize(("hour", "is_due"), [(1, False), (3, False), (4, True), (9, True), (10, False), (23, False)])
def test_the_owners_page_is_written_in_its_hour(brain: TestBrain, hour: int, is_due: bool) -> None:
    brain.set_now(datetime.fromisoformat(f"2026-03-12T{hour:02}:15:00+00:00"))
    statement = "SELECT company.write_brief('2026-03-12', company.now(), company.now(), 's', 'b', '', '{}', '{}') AS id"

    if is_due:
        assert brain.sql("ceo", statement)[0]["id"] == 1
    else:
        with refused("the_brief_is_written_in_its_hour"):
            brain.sql("ceo", statement)


def test_a_late_page_is_still_written(brain: TestBrain) -> None:
    due = brain.now()
    brain.wait(hours=5)
    session_of(brain, "ceo", due_at=due)

    brain.sql("ceo", "SELECT company.write_brief('2026-03-11', company.now(), company.now(), 's', 'b', '', '{}', '{}')")

    assert brain.sql("owner", "SELECT brief_date FROM company.briefs") != []


@pytest.mark.parametrize("watcher", ["data", "nobody", "", "heartbeat"])
def test_a_finding_without_a_watcher_is_refused(brain: TestBrain, watcher: str) -> None:
    with refused("a_finding_waits_for_somebody_here"):
        open_finding(brain, "data_auditor", watcher=watcher)


def test_a_finding_about_its_own_watcher_is_refused(brain: TestBrain) -> None:
    with refused("nobody_watches_a_finding_about_themselves"):
        open_finding(brain, "data_auditor", watcher="ceo", accused="ceo")


@pytest.mark.parametrize("blank", ["title", "kind", "subject"])
def test_an_empty_finding_is_refused(brain: TestBrain, blank: str) -> None:
    with refused("a_finding_says_what_is_wrong"):
        open_finding(brain, "data_auditor", **{blank: " "})


def test_long_texts_are_cut_to_a_readable_length(brain: TestBrain) -> None:
    endless = "a" * 30_000
    finding = open_finding(brain, "data_auditor", title=endless)
    brain.as_role("data_manager").run("answer_finding", finding_id=finding, answer=endless)
    ask_decision(brain, question=endless, background=endless)
    send_message(brain, "data_worker", "data_manager", body=endless)
    file_task(brain, title=endless)

    [row] = (
        brain.as_login("migrate")
        .execute(
            """SELECT length(f.title) AS title, length(f.answer) AS answer, length(d.question) AS question,
             length(d.background) AS background, length(i.body) AS mail, length(t.title) AS task,
             right(t.title, 4) AS ends
           FROM company.findings f, company.decisions d, company.inbox i, company.task_queue t"""
        )
        .fetchall()
    )
    assert list(row.values()) == [300, 2000, 300, 2000, 4000, 300, "a..."]


def test_a_memory_of_nobody_is_refused(brain: TestBrain) -> None:
    with refused("a_memory_is_of_somebody_here"):
        brain.sql("memory_worker", "SELECT company.write_brain('MEMORY_NOBODY', 'Lessons')")


def test_one_auditor_alerts_at_most_three_times_a_day(brain: TestBrain) -> None:
    for n in range(5):
        open_finding(brain, "data_auditor", fingerprint=f"x:{n}", level="ring")
    open_finding(brain, "data_auditor", fingerprint="x:4", level="ring")

    levels = [row["level"] for row in brain.sql("owner", "SELECT level FROM company.findings ORDER BY id")]
    assert levels == ["ring"] * 3 + ["today"] * 2
    brain.wait(hours=25)
    open_finding(brain, "data_auditor", fingerprint="y", level="ring")
    assert len(brain.sql("owner", "SELECT id FROM company.alerts")) == 4


def test_a_status_that_is_too_long_is_refused(brain: TestBrain) -> None:
    with refused("the_status_fits_its_page"):
        brain.sql("ceo", "SELECT company.write_brain('PROJECT_STATUS', repeat('x', 8001))")


def test_an_auditor_undoes_one_promotion_and_the_owner_the_next(brain: TestBrain) -> None:
    first, second, third = (_promoted(brain, hours) for hours in (1, 2, 3))
    undo = {"role": "data_auditor", "statement": "SELECT company.undo_batch(%(batch)s, 'it is wrong')"}

    brain.sql(**undo, batch=third)
    with refused("one_promotion_is_undone_at_a_time"):
        brain.sql(**undo, batch=second)

    [reported] = brain.sql("owner", "SELECT * FROM company.findings")
    assert (reported["kind"], reported["watcher"], reported["accused"]) == (
        "taken_back",
        "data_manager",
        "data_auditor",
    )
    assert reported["evidence"]["reason"] == "it is wrong"
    brain.sql("owner", "SELECT company.undo_batch(%(batch)s, 'all of it')", batch=second)
    with refused("one_promotion_is_undone_at_a_time"):
        brain.sql(**undo, batch=first)
    fourth = _promoted(brain, 4)
    brain.sql(**undo, batch=fourth)


@pytest.mark.parametrize("level", ["closed", "open"])
def test_a_model_undoes_nothing_until_the_owner_approves_it(brain: TestBrain, level: str) -> None:
    batch = _promoted(brain, 1)
    brain.owner.run("set_approval", action="undo_by_model", level=level)
    session = session_of(brain, "data_auditor")
    ask = {"session_id": session, "model": "claude-sonnet-5-5", "most_input": 100, "most_output": 100}
    brain.as_role("data_auditor").value("reserve_spend", **ask)
    statement = "SELECT company.undo_batch(%(batch)s, 'a text said so')"

    if level == "open":
        brain.sql("data_auditor", statement, batch=batch)
    else:
        with refused("a_model_undoes_nothing_without_approval"):
            brain.sql("data_auditor", statement, batch=batch)


def test_a_model_that_ends_its_session_first_undoes_nothing_either(brain: TestBrain) -> None:
    batch = _promoted(brain, 1)
    session = session_of(brain, "data_auditor")
    ask = {"session_id": session, "model": "claude-sonnet-5-5", "most_input": 100, "most_output": 100}
    brain.as_role("data_auditor").value("reserve_spend", **ask)
    close_session(brain, "data_auditor", session)
    undo = {"role": "data_auditor", "statement": "SELECT company.undo_batch(%(batch)s, 'a text said so')"}

    with refused("a_model_undoes_nothing_without_approval"):
        brain.sql(**undo, batch=batch)
    brain.wait(minutes=17)
    brain.sql(**undo, batch=batch)


def test_nobody_is_asked_whether_a_model_may_undo_rows(brain: TestBrain) -> None:
    with refused("undo_is_closed_or_open"):
        brain.owner.run("set_approval", action="undo_by_model", level="ask")


@pytest.mark.parametrize(
    ("check", "was_said_before", "is_released"),
    [("keys_remain", True, True), ("keys_remain", False, False), ("edition_moves_forward", True, False)],
)
@pytest.mark.parametrize("is_by_model", [True, False])
def test_data_auditor_releases_what_a_second_edition_says(
    brain: TestBrain, check: str, was_said_before: bool, is_released: bool, is_by_model: bool
) -> None:
    if was_said_before:
        _held(brain, 1, check, "refused")
    batch = _held(brain, 2, check, "held")
    ask = {"model": "claude-sonnet-5-5", "most_input": 100, "most_output": 100}
    session = session_of(brain, "data_auditor")
    if is_by_model:
        brain.as_role("data_auditor").value("reserve_spend", session_id=session, **ask)
    verdict = {"batch": batch, "verdict": "release", "reason": "a text said so"}

    if is_released:
        assert brain.as_role("data_auditor").value("decide_batch", **verdict) == "checked"
    else:
        with refused("an_auditor_releases_what_a_second_edition_says"):
            brain.as_role("data_auditor").value("decide_batch", **verdict)


def _held(brain: TestBrain, hours: int, check: str, status: str) -> int:
    """A batch that one check holds, or that was refused for it."""
    batch = _promoted(brain, hours)
    values = {"id": batch, "status": status, "check": check}
    tables = brain.as_login("migrate")
    tables.execute(
        "UPDATE company.batches SET status = %(status)s, promoted_at = NULL, reason = 'x', rows_read = 100, held = 100"
        " WHERE id = %(id)s",
        values,
    )
    tables.execute(
        "INSERT INTO company.batch_checks VALUES (%(id)s, %(check)s, 'hold', false, 9, 5, '', 'check')", values
    )
    return batch


def _promoted(brain: TestBrain, hours: int) -> int:
    """A batch of KEV as promotion leaves it, past every function: only what may be undone is tested here."""
    at = brain.now() + timedelta(hours=hours)
    brain.set_now(at + timedelta(minutes=1))
    document = {"sha256": f"{hours:064}", "at": at}
    [row] = (
        brain.as_login("migrate")
        .execute(
            """
        WITH raw AS (
          INSERT INTO company.raw_documents
            (source, url, route, sha256, size, status_code, edition_at, fetched_by, verdict)
          SELECT source, 'http://x.invalid', 'primary', %(sha256)s, 1, 200, %(at)s, 'scrape_kev', 'new'
          FROM company.streams WHERE source LIKE 'k%%' RETURNING id, source
        )
        INSERT INTO company.batches
          (source, raw_id, edition_at, status, staged_by, staged_at, checked_by, checked_at, promoted_at)
        SELECT source, id, %(at)s, 'promoted', 'scrape_kev', %(at)s, 'check', %(at)s, %(at)s FROM raw RETURNING id
        """,
            document,
        )
        .fetchall()
    )
    return int(row["id"])
