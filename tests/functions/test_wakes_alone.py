"""From a document that cannot be read to its fix in every function: no role waits for its regular fire."""

from datetime import timedelta

import pytest

from tests.functions.office import Office
from tests.functions.release import HOLDS, open_deploy, release
from tests.functions.workshop import edition


def test_a_document_that_cannot_be_read_is_live_again_within_the_hour_by_wakes_alone(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each beat wakes who has something new to do; nobody waits for a regular fire."""
    monkeypatch.setattr("build_auditor.tools.try_change", lambda *_: HOLDS)
    office.product_layer = release(office)
    office.deploy("scraping_manager", "scraping_worker", "build_worker", "build_auditor")
    open_deploy(office)
    office.works.take_in("kev", edition(17))
    office.works.serve_only("kev", edition(18).replace(b"dateAdded", b"date_added"), at="2026-03-10T18:00:00Z")
    office.works.run("scrape_kev")
    failed_at = office.works.brain.owner.now()

    woken: list[str] = []
    while not office.rows("SELECT 1 FROM company.deployments WHERE status = 'live'") and len(woken) < 9:
        office.run("heartbeat", minutes=4)
        woken += [role for name in office.take_wakes() for role in [name.split("-")[1]]]
        for role in woken[-1:]:
            office.run(role)

    assert woken[-1] == "build_auditor", woken
    assert office.works.brain.owner.now() - failed_at < timedelta(hours=1)
