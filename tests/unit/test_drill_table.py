"""The drill's report as text: no line is wider than a page, and only what stands between the marks is written again."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from watchbill.drill.table import BEGIN, END, DrillReport, as_table, with_table
from watchbill.drill.verdict import FaultReport, Verdict

NOON = datetime(2026, 3, 11, 12, tzinfo=UTC)


def report(*, problems: tuple[str, ...] = ()) -> DrillReport:
    fault = FaultReport(
        name="silent", outage="a schedule marked active never fires " * 3, planted="tide_worker never fires",
        planted_at=NOON, noticed_by=None if problems else "heartbeat", noticed_after_minutes=None if problems else 36.0,
        limit_minutes=90.0, escalated_to="tide_auditor -> ceo -> owner", owner_saw="brief Thu, line 23: F-1 missed",
        healed_at=NOON, healed_by="heartbeat", caused_by="tide_worker", caused_at=NOON, said_role="tide_worker",
        said_at=NOON, problems=problems, is_noticed=not problems, beside=None, left_out=None,
    )  # fmt: skip
    return DrillReport(Verdict([fault], [], []), 12, 3.0, NOON, NOON)


def test_no_line_of_the_table_is_wider_than_a_page() -> None:
    assert max(map(len, as_table(report()).splitlines())) <= 120


def test_a_fault_that_nobody_noticed_says_so() -> None:
    text = report(problems=("nobody noticed it",)).as_text()

    assert "NOT OK  silent: nobody noticed it" in text
    assert "verdict      NOT OK: 0 of 1 faults" in text


def test_a_fault_that_a_product_cannot_have_is_left_out_with_its_reason() -> None:
    noticed = report().verdict.faults[0]
    left_out = replace(noticed, name="renamed", outage="a field is renamed", left_out="coast has no such source.")
    both, alone = (replace(report(), verdict=Verdict(faults, [], [])) for faults in ([noticed, left_out], [left_out]))

    assert "    left out: coast has no such source.\n" in both.as_text() and "NOT OK" not in both.as_text()
    assert "verdict      ok: 1 of 1 faults as they should be; 1 left out" in as_table(both)
    assert (both.ok, alone.ok) == (True, False), "where nothing was planted nothing was tried"


def test_json_keeps_the_keys_that_others_depend_on() -> None:
    printed = report().as_json()

    keys = {"name", "planted_at", "noticed_by", "noticed_after_minutes", "escalated_to", "owner_saw", "healed_by", "ok"}
    assert keys <= printed["faults"][0].keys()
    assert {"ok", "faults", "false_alarms", "lost", "attribution"} <= printed.keys()
    assert printed["attribution"] == {"caused_by_a_role": 1, "right_role": 1, "right_slot": 1}


def test_only_what_stands_between_the_marks_is_written_again() -> None:
    page = with_table(f"before\n{BEGIN}\nold\n{END}\nafter\n", report())

    assert page.startswith(f"before\n{BEGIN}\n```\n") and page.endswith(f"```\n{END}\nafter\n")
    assert "old" not in page and with_table(page, report()) == page


def test_a_page_without_the_marks_is_left_alone() -> None:
    with pytest.raises(ValueError, match="has no"):
        with_table("before\nafter\n", report())
