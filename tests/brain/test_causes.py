"""Who caused what was noticed, and at which slot: what the rows alone must say."""

from datetime import datetime
from typing import Any

import pytest

from tests.support.acts import close_session, open_finding, session_of
from tests.support.brains import TestBrain

ASKED = """
INSERT INTO company.fetches (source, url, route, at, result, reason, by_role, session_id)
VALUES ('kev', 'https://a.example', 'primary', company.now(), %s, 'why', 'scrape_kev', %s)
"""


def fires(brain: TestBrain, role: str, *, evidence: dict[str, Any], hours: int = 1) -> datetime:
    """A fire that ends well, some hours later; its slot."""
    brain.wait(hours=hours)
    close_session(brain, role, session_of(brain, role), evidence=evidence)
    return brain.now()


def asks(brain: TestBrain, *results: str) -> list[datetime]:
    """The scraper asks its source once an hour, with these results; the slots."""
    slots = []
    for result in results:
        brain.wait(hours=1)
        session = session_of(brain, "scrape_kev")
        brain.as_login("superuser").execute(ASKED, (result, session))
        close_session(brain, "scrape_kev", session, evidence={"rows": 1})
        slots.append(brain.now())
    return slots


def cause(brain: TestBrain, subject: str, accused: str | None = None, finding: int | None = None) -> tuple[Any, Any]:
    values = {"subject": subject, "accused": accused, "at": brain.now(), "finding_id": finding}
    row = brain.owner.one("cause_of_sign", **values)
    assert row is not None
    return row["role"], row["due_at"]


@pytest.mark.parametrize("bad", ["blocked", "malformed", "older", "failed"])
def test_a_source_that_gives_nothing_names_the_first_such_fire(brain: TestBrain, bad: str) -> None:
    _, _, first, *_ = asks(brain, bad, "new", bad, bad, "not_yet", bad)
    brain.wait(minutes=20)

    assert cause(brain, "kev") == ("scrape_kev", first)


def test_an_older_edition_that_is_taken_at_last_names_the_first_fire_that_saw_it(brain: TestBrain) -> None:
    _, first, *_ = asks(brain, "not_modified", "older", "older", "new")

    assert cause(brain, "kev") == ("scrape_kev", first)


def test_a_trouble_that_is_long_over_names_no_fire_of_then(brain: TestBrain) -> None:
    *_, newest = asks(brain, "older", "new", "not_modified")

    assert cause(brain, "kev") == ("scrape_kev", newest)


def test_a_machine_that_ends_well_and_does_nothing_is_named_from_its_first_such_fire(brain: TestBrain) -> None:
    fires(brain, "promote", evidence={"batches": 0})
    fires(brain, "promote", evidence={"batches": 2})
    first = fires(brain, "promote", evidence={"batches": 0})
    fires(brain, "promote", evidence={"batches": 0})
    finding = open_finding(brain, "flow_check", kind="not_flowing", subject="promote", fingerprint="flow:promote:x")

    assert cause(brain, "promote", finding=finding) == ("promote", first)


def test_an_auditor_is_named_from_the_first_fire_that_says_more_than_it_recorded(brain: TestBrain) -> None:
    fires(brain, "data_auditor", evidence={"batches": 0})
    first = fires(brain, "data_auditor", evidence={"sampled": 200})
    fires(brain, "data_auditor", evidence={"sampled": 200})
    fires(brain, "data_auditor", evidence={"looked_at": 3})
    finding = open_finding(brain, "audit_auditor", kind="weak_audit", subject="data_auditor")

    assert cause(brain, "data_auditor", "data_auditor", finding) == ("data_auditor", first)
