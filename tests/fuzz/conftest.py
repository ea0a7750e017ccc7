"""A brain in which something of everything exists."""

from dataclasses import dataclass

import pytest

from tests.functions import conftest as functions
from tests.functions.office import Office
from tests.fuzz.attack import Attack
from tests.fuzz.corpus import Corpus, recorded_calls
from tests.pipeline import conftest as pipeline
from tests.pipeline.works import epss_of, kev_of
from tests.support.acts import file_task, held_task, open_finding
from tests.support.brains import TestBrain
from tests.support.staff import staff

PIPELINE = ("scrape_kev", "scrape_epss", "check", "promote", "link", "score")
NOT_BY_A_SCHEDULE = ("migrate", "console", "lookup")


works = pipeline.works
office = functions.office


@dataclass(frozen=True)
class BusyBrain:
    """The brain, and the calls that filled it."""

    brain: TestBrain
    corpus: Corpus


@pytest.fixture
def busy(office: Office) -> BusyBrain:
    """Canonical rows, scores, tasks of each mode, findings, notes, drafts; every role worked twice."""
    brain, works = office.works.brain, office.works
    roles = [role for role in sorted(staff()) if role not in NOT_BY_A_SCHEDULE]
    with recorded_calls(brain.company.name) as corpus:
        office.deploy(*(role for role in roles if staff()[role].schedule))
        works.serve("kev", kev_of(12))
        works.serve("epss", epss_of(12))
        works.run(*PIPELINE)
        held_task(brain)
        for mode, manager in (("data", "data_manager"), ("scrape", "scraping_manager"), ("content", "content_manager")):
            for n in range(4):
                file_task(brain, manager, mode=mode, title=f"look at {n}")
        open_finding(brain, accused="data_worker")
        for hour in (19, 20):
            works.serve("kev", kev_of(10 + hour, at=f"2026-03-10T{hour}:00:00Z"), at=f"2026-03-10T{hour}:00:00Z")
            for role in roles:
                office.run(role)
            works.fire.close()
    return BusyBrain(brain, corpus)


@pytest.fixture
def attack(busy: BusyBrain, request: pytest.FixtureRequest) -> Attack:
    """By the seed of the command line."""
    return Attack(busy.brain, busy.corpus, request.config.getoption("--fuzz-seed"))
