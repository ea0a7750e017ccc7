"""data_worker: looks at quarantined rows one by one, and no decision is lost with a session."""

import pytest

from company.fire.fire import Fire
from company.outcomes import Outcome
from company.tools.tasks import claim_task
from data_worker.tools import quarantined_rows, resolve_rows
from tests.functions.office import Office
from tests.pipeline.works import epss, kev, kev_entry, kev_of

OPEN = "SELECT count(*) FROM company.quarantine WHERE status = 'open'"


def test_no_task_is_a_skip_and_no_success(office: Office) -> None:
    answer = office.run("data_worker")

    assert (answer["outcome"], answer["reason"]) == ("skipped", "no data task waits")


def test_duplicates_of_a_row_in_force_are_discarded(office: Office) -> None:
    office.works.take_in("kev", kev(*(kev_entry(n % 9) for n in range(10))))
    office.run("data_manager")

    answer = office.run("data_worker")

    assert (answer["evidence"]["rows"], answer["evidence"]["tasks"]) == (1, 1)
    [row] = office.rows("SELECT status, resolved_by, resolution FROM company.quarantine")
    assert (row["status"], row["resolved_by"]) == ("discarded", "data_worker")
    assert office.value("SELECT status FROM company.task_queue") == "complete"


def test_what_cannot_be_judged_waits_for_a_newer_edition(office: Office) -> None:
    office.works.take_in("kev", kev(*map(kev_entry, range(9)), kev_entry(10, cveID="CVE-25-10")))
    office.run("data_manager")
    office.run("data_worker")
    [blocked] = office.rows("SELECT status, blocked_on, blocked_action FROM company.task_queue")

    office.works.take_in("kev", kev_of(9, at="2026-03-11T08:00:00Z"), at="2026-03-11T07:00:00Z")
    office.run("data_manager")
    office.run("data_worker")

    assert (blocked["status"], blocked["blocked_on"]) == ("blocked", "data_manager")
    assert "newer edition" in blocked["blocked_action"]
    assert office.value("SELECT status FROM company.task_queue") == "complete"
    assert office.value(OPEN) == 0


def test_a_row_whose_id_was_only_misspelt_is_resolved_by_its_right_row(office: Office) -> None:
    lines = [f"CVE-2025-{90000 + n},0.1,0.5" for n in range(30)]
    office.works.take_in("epss", epss(*lines, "CVE_2025_90003,0.1,0.5", "CVE_2025_99999,0.1,0.5"))
    office.run("data_manager")

    office.run("data_worker")

    rows = office.rows("SELECT status, resolution FROM company.quarantine ORDER BY id")
    assert [row["status"] for row in rows] == ["resolved", "open"]
    assert "once its separators are corrected" in rows[0]["resolution"]
    assert "have the reader correct them" in office.value("SELECT blocked_action FROM company.task_queue")


def test_a_killed_session_loses_no_decision_and_the_next_continues(office: Office) -> None:
    office.deploy("heartbeat", "data_worker")
    office.works.take_in("kev", kev(*(kev_entry(n % 9) for n in range(12))))
    office.run("data_manager")

    def killed(fire: Fire) -> Outcome:
        task = fire.use(claim_task, mode="data")
        assert task is not None
        rows = fire.use(quarantined_rows, source="kev", check=task.payload["check"])
        fire.use(resolve_rows, ids=[rows[0].id], status="discarded", resolution="looked at", task_id=task.id)
        raise RuntimeError("the plug was pulled")

    with pytest.raises(RuntimeError):
        office.works.fire("data_worker", killed, request_id="killed")
    left = office.value(OPEN)
    office.run("heartbeat", minutes=10)
    answer = office.run("data_worker")

    assert left == 2
    assert (answer["evidence"]["rows"], office.value(OPEN)) == (2, 0)


@pytest.mark.parametrize(("seen_with", "status"), [(["Edge Firewall"], "complete"), (["Mail"], "blocked")])
def test_a_spelling_is_decided_only_by_what_it_is_seen_with(office: Office, seen_with: list[str], status: str) -> None:
    asked = ["vendor", ["Harborgate"], [None], ["asked"], '{"Harborgate": ["Harbourgate"]}']
    office.works.brain.as_role("link").connection.execute("SELECT company.note_spellings(%s, %s, %s, %s, %s)", asked)
    evidence = {"Harborgate": {"seen_with": seen_with}, "Harbourgate": {"seen_with": ["Edge Firewall"]}}
    asks = {"kind": "spelling", "of": "vendor", "spelling": "Harborgate", "candidates": ["Harbourgate"]}
    filed = {"mode": "data", "title": "one name?", "payload": {**asks, "evidence": evidence}, "priority": 5}
    office.works.brain.as_role("link").one("file_task", **filed, dedupe_key="spelling", not_before=None)

    office.run("data_worker")

    assert office.value("SELECT status FROM company.task_queue") == status
    decided = office.value("SELECT name FROM company.spellings")
    assert decided == ("Harbourgate" if status == "complete" else None)


def _kev(vendors: list[str], hour: int) -> bytes:
    """An edition of so many entries; each vendor has a product of its own, so that nothing shows what is one name."""
    entries = [kev_entry(n, vendorProject=name, product=f"{name} Mail") for n, name in enumerate(vendors)]
    return kev(*entries, at=f"2026-03-11T{hour:02}:00:00Z")


@pytest.mark.parametrize(
    ("next_vendors", "is_still_spelt"),
    [(["Tidewreck"] * 3, True), (["Tidewrack"] * 3, False)],
    ids=["the other name is gone", "the spelling is gone"],
)
def test_a_question_about_a_spelling_that_is_none_any_more_ends_without_a_decision(
    office: Office, next_vendors: list[str], is_still_spelt: bool
) -> None:
    office.works.take_in("kev", _kev(["Tidewrack", "Tidewrack", "Tidewreck"], 4), at="2026-03-11T04:00:00Z")
    office.works.run("link")
    office.run("data_worker")
    blocked = office.value("SELECT blocked_action FROM company.task_queue")
    office.works.take_in("kev", _kev(next_vendors, 5), at="2026-03-11T05:00:00Z")
    office.works.run("link")

    manager = office.run("data_manager")
    office.run("data_worker")

    [task] = office.rows("SELECT status, result FROM company.task_queue")
    assert blocked == "say whether 'Tidewreck' is 'Tidewrack'"
    assert (manager["evidence"]["reopened"], manager["evidence"]["spellings_asked"]) == (1, 0)
    assert (task["status"], task["result"]["decided"]) == ("complete", 0)
    names = office.rows("SELECT spelling, name FROM company.spellings WHERE spelling = 'Tidewreck'")
    assert names == ([{"spelling": "Tidewreck", "name": "Tidewreck"}] if is_still_spelt else [])


def test_a_question_that_a_rule_settled_before_anybody_came_to_it_is_no_failure(office: Office) -> None:
    for hour, vendors in ((4, ["Tidewrack", "Tidewrack", "Tidewreck"]), (5, ["Tidewreck"] * 3)):
        entries = [kev_entry(n, vendorProject=name) for n, name in enumerate(vendors)]
        edition = kev(*entries, at=f"2026-03-11T{hour:02}:00:00Z")
        office.works.take_in("kev", edition, at=f"2026-03-11T{hour:02}:00:00Z")
        office.works.run("link")

    answer = office.run("data_worker")

    assert (answer["outcome"], office.value("SELECT status FROM company.task_queue")) == ("done", "complete")


def test_a_spelling_is_decided_among_the_names_that_are_asked_about_now(office: Office) -> None:
    """What the task says is what was asked when it was filed."""
    for hour, other in ((4, "Tidewrack"), (5, "Tidewrick")):
        office.works.take_in("kev", _kev([other] * 3 + ["Tidewreck"], hour), at=f"2026-03-11T{hour:02}:00:00Z")
        office.works.run("link")

    office.run("data_worker")

    assert office.value("SELECT blocked_action FROM company.task_queue") == "say whether 'Tidewreck' is 'Tidewrick'"
