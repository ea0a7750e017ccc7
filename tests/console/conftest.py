"""One Chromium, and one served console over one prepared brain, for all tests of this folder."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from company.console.app import respond
from tests.support import days
from tests.support.acts import ask_decision
from tests.support.brains import Company, TestBrain, brain_of
from tests.support.consoles import Visitor, site_over
from watchbill.cloud.desk_addresses import desk_address
from watchbill.cloud.function_urls import serving

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="module")
def company_brain(template_brain: Company) -> Iterator[TestBrain]:
    """A bad day of a company, and a question with words of feeds in it. Tests of this folder add to it, or read it."""
    with brain_of(template_brain) as made:
        days.a_bad_day(made)
        ask_decision(made, answer_by=made.now().replace(hour=23), background="<script>alert(1)</script> & more")
        yield made


@pytest.fixture(scope="module")
def visitor(company_brain: TestBrain) -> Visitor:
    """Somebody who gave the key."""
    return Visitor(site_over(company_brain)).log_in()


@pytest.fixture(scope="module")
def address(company_brain: TestBrain) -> Iterator[str]:
    """Where the console is served, for a browser."""
    site = site_over(company_brain, is_secure=False)
    with serving(lambda event: respond(site, event), 0) as port:
        yield desk_address(port)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is in the gate's environment")
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
