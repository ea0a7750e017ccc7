"""Kinds and fingerprints of findings have owners: whoever takes a name first stands in the way of nobody."""

from datetime import timedelta
from typing import Any

import pytest

from company.errors import Refused
from tests.support.acts import open_finding, session_of
from tests.support.brains import TestBrain, run_sql
from tests.support.refusals import refused

AS_BEFORE = """
INSERT INTO company.findings (fingerprint, kind, subject, level, title, watcher, found_by)
VALUES (%(name)s, %(kind)s, 'heartbeat', 'log', 'nothing of note', 'data_manager', %(by)s)
"""
BEAT = "INSERT INTO company.beats (at, session_id, slots_looked_at, schedules_seen) VALUES (company.now(), %(s)s, 1, 1)"
OPEN = "SELECT * FROM company.findings WHERE closed_at IS NULL AND fingerprint = %(name)s ORDER BY id"


def open_under(brain: TestBrain, name: str) -> list[dict[str, Any]]:
    return list(brain.sql("owner", OPEN, name=name))


def silent_heartbeat(brain: TestBrain) -> None:
    """heartbeat has beaten once, and not for an hour."""
    run_sql(brain.as_login("migrate"), BEAT, s=session_of(brain, "heartbeat"))
    brain.wait(hours=1)


@pytest.mark.parametrize(
    ("role", "kind"),
    [
        ("data_auditor", "budget_spent"),
        ("ceo", "missed"),
        ("data_manager", "stale_beat"),
        ("schedule_auditor", "brief_unsent"),
        ("scrape_kev", "held_batch"),
        ("heartbeat", "taken_back"),
        ("data_auditor", "instructions_in_data"),
        ("check", "model_endpoint"),
    ],
)
def test_a_kind_of_finding_is_opened_only_by_its_openers(brain: TestBrain, role: str, kind: str) -> None:
    with refused("a_kind_of_finding_has_its_openers"):
        open_finding(brain, role, kind=kind)


def test_the_refusal_names_who_opens_the_kind(brain: TestBrain) -> None:
    with pytest.raises(Refused, match="budget_spent is opened by heartbeat, not by data_auditor"):
        open_finding(brain, kind="budget_spent")


def test_a_name_that_somebody_took_first_is_free_for_its_writer(brain: TestBrain) -> None:
    taken = open_finding(brain, "data_auditor", fingerprint="budget_spent:company", kind="odd", level="log")

    opened = open_finding(brain, "heartbeat", fingerprint="budget_spent:company", kind="budget_spent", level="ring")

    assert opened != taken
    by_finder = {row["found_by"]: row for row in open_under(brain, "budget_spent:company")}
    assert (by_finder["heartbeat"]["level"], by_finder["heartbeat"]["times_seen"]) == ("ring", 1)
    assert by_finder["data_auditor"]["closed_at"] is None


def test_two_roles_with_one_free_kind_have_a_finding_each(brain: TestBrain) -> None:
    first = open_finding(brain, "data_auditor", kind="odd")

    second = open_finding(brain, "docs_auditor", kind="odd")

    assert [row["id"] for row in open_under(brain, "stale:a_feed")] == [first, second]


@pytest.mark.parametrize("role", ["data_auditor", "ceo", "check"])
def test_the_clock_rings_whatever_was_opened_before(brain: TestBrain, role: str) -> None:
    open_finding(brain, role, fingerprint="beat:heartbeat", kind="odd", level="ring", watcher="data_worker")
    silent_heartbeat(brain)

    [rung] = brain.owner.all("run_database_clock")

    assert (rung["alarm"], rung["is_new"]) == ("beat:heartbeat", True)
    [alert] = brain.sql("owner", "SELECT * FROM company.alerts WHERE raised_by = 'database_clock'")
    assert alert["level"] == "ring"


def test_the_clock_takes_the_place_of_a_role_that_reports_the_same(brain: TestBrain) -> None:
    early = open_finding(brain, "scraping_manager", fingerprint="beat:heartbeat", kind="stale_beat", watcher="ceo")
    silent_heartbeat(brain)

    brain.owner.all("run_database_clock")

    [rung] = open_under(brain, "beat:heartbeat")
    assert (rung["found_by"], rung["level"]) == ("database_clock", "ring")
    assert rung["evidence"]["replaces"] == f"F-{early} of scraping_manager"


def test_what_the_clock_has_reported_is_one_finding_whoever_else_sees_it(brain: TestBrain) -> None:
    silent_heartbeat(brain)
    brain.owner.all("run_database_clock")

    open_finding(brain, "scraping_manager", fingerprint="beat:heartbeat", kind="stale_beat", watcher="ceo")

    [rung] = open_under(brain, "beat:heartbeat")
    assert (rung["found_by"], rung["times_seen"]) == ("database_clock", 2)


def test_a_row_that_somebody_keeps_locked_holds_up_no_clock(brain: TestBrain) -> None:
    open_finding(brain, "scraping_manager", fingerprint="beat:heartbeat", kind="stale_beat", watcher="ceo")
    silent_heartbeat(brain)

    with brain.as_role("scraping_manager").transaction():
        open_finding(brain, "scraping_manager", fingerprint="beat:heartbeat", kind="stale_beat", watcher="ceo")
        rung = brain.owner.all("run_database_clock")

    assert [(row["alarm"], row["is_new"]) for row in rung] == [("beat:heartbeat", True)]


def test_the_brief_check_believes_only_the_ceo_that_a_brief_was_not_sent(brain: TestBrain) -> None:
    brain.owner.run("set_approval", action="brief", level="open")
    day = brain.now().date()
    due_at = brain.now() - timedelta(minutes=50)
    run_sql(
        brain.as_login("migrate"),
        "INSERT INTO company.slots (schedule, due_at, role) VALUES ('ceo', %(at)s, 'ceo')",
        at=due_at,
    )
    open_finding(brain, "data_auditor", fingerprint=f"brief_unsent:{day}", kind="brief unsent")

    alarms = brain.sql("owner", "SELECT fingerprint FROM company.brief_check()")

    assert [row["fingerprint"] for row in alarms] == [f"brief_late:{day}"]


def test_a_finding_of_an_older_brain_gives_way_to_its_rightful_writer(brain: TestBrain) -> None:
    name = {"name": "budget_spent:company", "kind": "budget_spent"}
    run_sql(brain.as_login("migrate"), AS_BEFORE, by="data_auditor", **name)
    [before] = open_under(brain, name["name"])

    mine = open_finding(brain, "heartbeat", fingerprint=name["name"], kind=name["kind"], subject="company")

    [now] = open_under(brain, name["name"])
    [over] = brain.sql("owner", "SELECT * FROM company.findings WHERE id = %(id)s", id=before["id"])
    assert (now["id"], now["evidence"]) == (mine, {"replaces": f"F-{before['id']} of data_auditor"})
    assert over["resolution"] == f"replaced by F-{mine} of heartbeat, who opens findings of this kind"


def test_a_free_kind_replaces_nobody(brain: TestBrain) -> None:
    standing = open_finding(brain, "docs_auditor", kind="odd")

    open_finding(brain, "data_auditor", kind="odd")

    assert standing in {row["id"] for row in open_under(brain, "stale:a_feed")}


@pytest.mark.parametrize("subject", ["data_auditor", "wake-data_auditor-7"])
def test_a_finding_that_accuses_nobody_is_about_its_subject(brain: TestBrain, subject: str) -> None:
    run_sql(
        brain.as_login("migrate"),
        "INSERT INTO company.schedules (schedule, role, expression, state, modified_at, seen_at)"
        " VALUES ('wake-data_auditor-7', 'data_auditor', 'at(2026-03-11T08:00:00)', 'ENABLED', company.now(),"
        " company.now())",
    )
    finding = open_finding(brain, "data_auditor", fingerprint="deployed:data_auditor", subject=subject)

    with refused("findings_are_not_closed_by_the_accused"):
        brain.as_role("data_auditor").run("close_finding", finding_id=finding, resolution="all is well")


def test_the_ceo_answers_no_miss_of_its_own(brain: TestBrain) -> None:
    miss = {"kind": "missed", "fingerprint": "missed:ceo", "subject": "ceo", "watcher": "schedule_auditor"}
    finding = open_finding(brain, "heartbeat", **miss)

    with refused("findings_are_not_answered_by_the_accused"):
        brain.as_role("ceo").run("answer_finding", finding_id=finding, answer="it was nothing")
    with refused("findings_are_not_closed_by_the_accused"):
        brain.as_role("ceo").run("close_finding", finding_id=finding, resolution="it was nothing")
