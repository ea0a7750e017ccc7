"""A flag that could not be read for a while is not lost: what was last known of it decides what is news."""

from datetime import UTC, datetime

import pytest

from tests.pipeline.test_deliveries import BANK
from tests.pipeline.works import Works, kev, kev_entry


def _is_news(works: Works, *flags: object) -> bool:
    """Whether the last of the words through which a flag goes is news for a customer, who has read the earlier ones."""
    works.open_for(BANK)
    before = datetime.min.replace(tzinfo=UTC)
    for hour, flag in enumerate(flags, start=8):
        before = works.brain.now()
        entries = [kev_entry(1, knownRansomwareCampaignUse=flag), *(kev_entry(n) for n in range(2, 30))]
        works.take_in("kev", kev(*entries, at=f"2026-03-10T{hour:02}:00:00Z"))
    works.run("link", "score")
    deliver = works.brain.as_role("deliver")
    customer = works.value("SELECT id FROM company.customers")
    items = deliver.all("customer_changes", customer_id=customer, since=before, until=works.brain.now())
    return [item["what"] for item in items if item["cve"] == kev_entry(1)["cveID"]] == ["ransomware"]


@pytest.mark.parametrize("between", [[], ["Yes"], [None], ["Yes", None]])
def test_known_after_an_unreadable_flag_is_news_like_known_after_unknown(works: Works, between: list[object]) -> None:
    assert _is_news(works, "Unknown", *between, "KNOWN")


def test_known_again_after_an_unreadable_flag_is_no_news(works: Works) -> None:
    assert not _is_news(works, "Known", "Yes", "Known ")
