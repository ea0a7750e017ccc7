"""Facts and pages of a test's day."""

from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from company.brief import Brief, BriefFacts, BriefOrigin, gather_facts, write
from tests.support.brains import TestBrain
from tests.support.days import BRIEF_AT

Gather = Callable[..., BriefFacts]
Write = Callable[..., Brief]


@pytest.fixture
def facts(brain: TestBrain) -> Gather:
    """facts() gathers them as the CEO would at 06:50."""

    def gathered(*, zone: str = "UTC", worked_by: str = "book") -> BriefFacts:
        origin = BriefOrigin(
            title="Tidewatch",
            zone=ZoneInfo(zone),
            slot="ceo",
            due_at=BRIEF_AT,
            desk="sample data",
            worked_by=worked_by,
        )
        return gather_facts(brain.as_role("ceo"), origin=origin, brief_date=date(2026, 3, 12), until=BRIEF_AT)

    return gathered


@pytest.fixture
def brief(facts: Gather) -> Write:
    """brief() writes the page from them."""
    return lambda **options: write(facts(**options))
