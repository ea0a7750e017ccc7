"""A moment in the brief is told apart from the same weekday of another week."""

import pytest

from tests.brief.conftest import Write
from tests.brief.test_rules import section
from tests.support import days
from tests.support.brains import TestBrain


def test_what_is_older_than_six_days_is_named_by_its_date(brain: TestBrain, brief: Write) -> None:
    days.a_bad_day(brain)
    days.write(brain, "UPDATE company.findings SET found_at = found_at - interval '8 days' WHERE kind = 'stale_source'")
    days.write(brain, "UPDATE company.batches SET edition_at = edition_at - interval '7 days'")

    page = brief().page

    assert "scraping_manager is on it since 3 Mar 2026 18:00" in section(page, "BROKEN, AND WHO IS ON IT")
    table = page.section("DATA").table
    assert table is not None and "3 Mar 2026 13:00" in table.rows[0]


@pytest.mark.parametrize(
    ("zone", "earlier", "said"),
    [
        ("UTC", "0 hours", "(3 of 3 served at 06:00; 0 refused"),
        ("America/Los_Angeles", "0 hours", "(3 of 3 served at 23:00; 0 refused"),
        ("UTC", "10 hours", "(3 of 3 served Wed 20:00; 0 refused"),
        ("America/New_York", "4 hours", "(3 of 3 served Wed 22:00; 0 refused"),
    ],
    ids=["today", "today there", "yesterday", "yesterday there"],
)
def test_customers_served_on_another_day_are_told_with_it(
    brain: TestBrain, brief: Write, zone: str, earlier: str, said: str
) -> None:
    days.a_bad_day(brain)
    days.write(brain, "UPDATE company.deliveries SET ended_at = ended_at - %(earlier)s::interval", earlier=earlier)

    assert said in section(brief(zone=zone).page, "CUSTOMERS")
