"""A role is described in several places: folder, record, roster, event. They agree."""

import json
import re

import pytest

from company.fire.events import read_event
from company.records import Record
from company.watch.expressions import Expression
from tests.contracts.repository import FUNCTIONS, TESTS, documented_roster, records
from tests.support.brains import TestBrain

ROLES = sorted(records())
FIRED = [role for role in ROLES if records()[role].schedule]
HANDLER = '"""The Lambda entry of {role}."""\n\n{imports}\n\nhandler = handler_for(__file__, ROLE)\n'


@pytest.mark.parametrize("role", ROLES)
def test_everybody_reports_to_somebody_who_works_here(role: str) -> None:
    record = records()[role]

    assert record.reports_to in {*ROLES, "owner"}
    assert record.reports_to == "owner" or records()[record.reports_to].kind in {"manager", "ceo"}


@pytest.mark.parametrize("role", FIRED)
def test_every_schedule_has_a_watcher_who_can_be_woken(role: str) -> None:
    watcher = records()[str(records()[role].watched_by)]

    assert watcher.schedule, f"{role} is watched by {watcher.role}, which never fires"
    assert watcher.is_employee, f"{role} is watched by {watcher.role}, a machine, which answers nobody"


@pytest.mark.parametrize("role", FIRED)
def test_every_schedule_is_one_that_aws_takes(role: str) -> None:
    record = records()[role]

    assert Expression.parse(str(record.schedule), record.timezone)


@pytest.mark.parametrize("role", FIRED)
def test_a_handler_is_one_statement(role: str) -> None:
    text = (FUNCTIONS / role / "handler.py").read_text(encoding="utf-8")

    code = f"{role}.{'book' if records()[role].is_employee else 'work'}"
    imports = sorted(["from company.fire.session import handler_for", f"from {code} import ROLE"])
    assert text == HANDLER.format(role=role, imports="\n".join(imports))


@pytest.mark.parametrize("role", FIRED)
def test_a_role_has_its_work_its_event_and_its_test(role: str) -> None:
    work = "book.py" if records()[role].is_employee else "work.py"

    event = json.loads((TESTS / "events" / f"{role}.json").read_text(encoding="utf-8"))

    assert (FUNCTIONS / role / work).is_file()
    assert read_event(event, role=role).schedule in (role, f"by-hand-{role}")
    assert re.fullmatch(r"SKILL\.md|MACHINE\.md", next(p.name for p in (FUNCTIONS / role).glob("*.md")))


def test_the_documented_roster_is_the_staff() -> None:
    stated = {role: (record.reports_to, record.watched_by or "-") for role, record in records().items()}

    assert documented_roster() == stated


def test_the_published_roster_is_the_staff(brain: TestBrain) -> None:
    rows = brain.sql(
        "owner",
        "SELECT role, kind, reports_to, watched_by, schedule_expression, modes, tools FROM company.roster"
        " WHERE left_at IS NULL AND kind <> 'owner'",
    )

    assert {row["role"]: tuple(row.values()) for row in rows} == {role: _published(r) for role, r in records().items()}


def _published(record: Record) -> tuple[object, ...]:
    tie = (record.role, record.kind, record.reports_to, record.watched_by, record.schedule)
    return (*tie, list(record.modes), list(record.tools))
