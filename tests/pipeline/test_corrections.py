"""What an undone batch had put on pages is corrected: exactly those customers, once, and only after the owner's yes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from company.brief.rows import CustomerLine
from company.brief.sections.customers import correction_lines
from company.vertical import Customer, TakenBack
from patchfirst.corrections import write_correction
from patchfirst.page.as_text import WIDTH
from tests.pipeline.grown import grown
from tests.pipeline.works import Works, kev, kev_entry
from tests.support.brains import run_sql
from tests.support.killed_fires import killed_at
from tests.support.refusals import NO_RIGHT, refused

OLD = tuple(kev_entry(n) for n in range(10, 230))
FIRST, SECOND, THIRD = ("2026-03-10T17:00:00.1234Z", "2026-03-11T07:30:00.1234Z", "2026-03-11T09:30:00.1234Z")
WRONG = kev_entry(1, vendorProject="Osterlume", product="Tide Gauge")
CVE = WRONG["cveID"]
CORRECTIONS = (
    "SELECT c.name, o.status, d.body, d.items, o.decision_id, d.id FROM company.deliveries d"
    " JOIN company.customers c ON c.id = d.customer_id JOIN company.outbox o ON o.id = d.outbox_id"
    " WHERE d.occasion = 'correction' ORDER BY d.id"
)


def _told_of_a_wrong_entry(works: Works) -> None:
    """Two customers; one reads of an entry that is wrong."""
    works.take_in("kev", kev(*OLD, at=FIRST))
    works.run("link", "score")
    works.open_for(
        Customer("Alder Bank", "desk@alder.invalid", "brief", {"vendors": ["Osterlume"]}),
        Customer("Northferry", "it@northferry.invalid", "brief", {"vendors": ["Harbourgate"]}),
    )
    works.run("deliver")
    read_wrongly(works, SECOND)


template_brain = grown(_told_of_a_wrong_entry)


def read_wrongly(works: Works, at: str) -> int:
    """The number of the batch that brought the wrong entry, of which the customers have read."""
    batch = int(works.take_in("kev", kev(WRONG, *OLD, at=at))["id"])
    works.run("link", "score", "deliver")
    return batch


def undo(works: Works, batch: int) -> None:
    works.brain.wait(minutes=5)
    works.brain.as_role("data_auditor").run("undo_batch", batch=batch, reason="CISA has no such entry")


def written(works: Works) -> list[tuple[str, str]]:
    return [(row["name"], row["status"]) for row in works.rows(CORRECTIONS)]


def _answer(works: Works, option: str) -> None:
    [row] = works.rows("SELECT id FROM company.decisions WHERE answered_at IS NULL AND asked_by = 'deliver'")
    works.brain.owner.run("answer_decision", decision_id=row["id"], option=option, words=None)


def test_who_read_it_is_corrected_after_the_owners_yes_and_nobody_else(works: Works) -> None:
    batch = works.last_batch()["id"]
    undo(works, batch)

    works.run("deliver", "deliver")

    [correction] = works.rows(CORRECTIONS)
    assert (correction["name"], correction["status"]) == ("Alder Bank", "waiting")
    assert CVE in correction["body"] and "no entry of it" in correction["body"]
    assert max(map(len, correction["body"].splitlines())) <= WIDTH
    assert [(item["what"], item["was"]) for item in correction["items"]] == [("taken_back", "known_exploited")]
    asked = works.rows("SELECT question, background FROM company.decisions WHERE asked_by = 'deliver'")
    assert [row["question"] for row in asked] == ["Send this correction?"]
    assert "desk@alder.invalid" in asked[0]["background"]
    assert _said_in_the_brief(works) == []
    _answer(works, "yes")
    works.run("deliver", "deliver")
    assert written(works) == [("Alder Bank", "sent")]
    assert _said_in_the_brief(works) == ["corrections of what was undone: 1 customer page sent"]


def _said_in_the_brief(works: Works) -> list[str]:
    now = works.brain.now()
    rows = works.brain.owner.rows(CustomerLine, "brief_customers", since=now - timedelta(days=1), until=now)
    return correction_lines(rows)


def test_a_no_is_final_and_a_second_undoing_is_refused(works: Works) -> None:
    batch = works.last_batch()["id"]
    undo(works, batch)
    works.run("deliver")
    _answer(works, "no")

    works.run("deliver", "deliver")

    assert written(works) == [("Alder Bank", "declined")]
    with refused("only_the_last_promotion_is_undone"):
        undo(works, batch)
    assert written(works) == [("Alder Bank", "declined")]


def test_what_was_read_again_needs_no_correction_until_it_is_undone_again(works: Works) -> None:
    batch = works.last_batch()["id"]
    undo(works, batch)
    works.run("deliver")

    again = read_wrongly(works, THIRD)
    assert written(works) == [("Alder Bank", "declined")]

    undo(works, again)
    works.run("deliver", "deliver")
    assert written(works) == [("Alder Bank", "declined"), ("Alder Bank", "waiting")]


def test_a_paused_customer_is_corrected_after_it_is_resumed(works: Works) -> None:
    batch = works.last_batch()["id"]
    works.brain.owner.run("pause_customer", name="Alder Bank", rests=True)
    undo(works, batch)

    works.run("deliver")
    assert written(works) == []

    works.brain.owner.run("pause_customer", name="Alder Bank", rests=False)
    works.run("deliver")
    assert written(works) == [("Alder Bank", "waiting")]


@pytest.mark.parametrize("is_allowed", [False, True])
def test_a_correction_that_waits_respects_a_pause_and_is_asked_about_anew_after_it(
    works: Works, is_allowed: bool
) -> None:
    batch = works.last_batch()["id"]
    undo(works, batch)
    works.run("deliver")
    if is_allowed:
        _answer(works, "yes")

    works.brain.owner.run("pause_customer", name="Alder Bank", rests=True)
    works.run("deliver")
    assert written(works) == [("Alder Bank", "declined")]

    works.brain.owner.run("pause_customer", name="Alder Bank", rests=False)
    works.run("deliver")
    assert written(works) == [("Alder Bank", "declined"), ("Alder Bank", "waiting")]
    _answer(works, "yes")
    works.run("deliver")
    assert written(works)[-1] == ("Alder Bank", "sent")


def test_a_correction_that_a_killed_fire_had_recorded_is_asked_about_at_ask(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = works.last_batch()["id"]
    undo(works, batch)
    works.brain.owner.run("set_approval", action="correct", level="open")
    with killed_at(monkeypatch, "company.pipeline.delivering.deliveries.send_delivery"):
        works.run("deliver")
    works.fire.close()
    works.brain.owner.run("set_approval", action="correct", level="ask")

    works.run("deliver")

    assert written(works) == [("Alder Bank", "waiting")]
    _answer(works, "yes")
    works.run("deliver")
    assert written(works) == [("Alder Bank", "sent")]


def test_a_page_that_came_back_corrects_nothing_and_a_correction_changes_no_span(works: Works) -> None:
    batch = works.last_batch()["id"]
    spans = works.rows("SELECT * FROM company.spans_written ORDER BY customer_id")
    undo(works, batch)
    works.run("deliver")
    assert works.rows("SELECT * FROM company.spans_written ORDER BY customer_id") == spans

    works.brain.admin.execute("UPDATE company.outbox SET mail_status = 'bounced', mail_status_at = company.now()")
    assert works.brain.owner.all("pages_taken_back", batch=batch) == []


@pytest.mark.parametrize("role", ["data_auditor", "ceo", "owner", "heartbeat"])
def test_nobody_but_deliver_writes_or_withdraws(works_at_rest: Works, role: str) -> None:
    statements: tuple[str, ...] = (
        "SELECT company.write_correction(1, 1, 'brief', 's', 'b', '[]', 'waiting', 1, NULL)",
        "SELECT company.withdraw_deliveries('{1}', 'because')",
    )
    for statement in statements:
        with refused(NO_RIGHT):
            works_at_rest.brain.sql(role, statement)


def test_only_what_was_undone_is_corrected_and_with_its_entry(works: Works) -> None:
    batch = works.last_batch()["id"]
    values: dict[str, Any] = {"customer_id": 1, "batch": batch, "kind": "brief", "subject": "s", "body": "b"}
    rest: dict[str, Any] = {"items": "[]", "status": "waiting", "outbox_id": 1, "s3_key": None}

    with refused("only_what_was_undone_is_corrected"):
        works.brain.as_role("deliver").run("write_correction", **values, **rest)
    undo(works, batch)
    with refused("a_correction_has_its_outbox_entry"):
        works.brain.as_role("deliver").run("write_correction", **values, **rest)


def test_one_correction_of_a_batch_for_each_customer_also_past_every_grant(works: Works) -> None:
    batch = works.last_batch()["id"]
    undo(works, batch)
    works.run("deliver")
    copy = (
        "INSERT INTO company.deliveries (customer_id, occasion, covers_from, covers_to, kind, subject, body, items,"
        " status, outbox_id, corrects_batch) SELECT customer_id, %(occasion)s, covers_from, covers_to, kind, subject,"
        " body, items, status, 1 - outbox_id, CASE %(occasion)s WHEN 'weekly' THEN NULL ELSE corrects_batch END"
        " FROM company.deliveries WHERE corrects_batch IS NOT NULL"
    )

    for occasion, rule in (
        ("correction", "a_batch_is_corrected_once_for_a_customer"),
        ("daily", "a_correction_names_its_batch"),
        ("weekly", "an_occasion_is_known"),
    ):
        with refused(rule):
            run_sql(works.brain.as_login("superuser"), copy, occasion=occasion)


def test_what_two_pages_said_of_a_cve_is_corrected_once() -> None:
    moves = [{"cve": CVE, "what": "score_moved", "score": score} for score in (60.1, 71.5)]
    undone = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)

    page = write_correction(TakenBack("Alder Bank", 4, "epss", undone, undone, "", moves, [("PatchFirst", undone)]))

    assert page.body.count(CVE) == 1
    assert len(page.items) == 2
