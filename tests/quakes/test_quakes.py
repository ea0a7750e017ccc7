"""VERTICAL=quakes for some hours: another product's feed, checks and score in the same company."""

from pathlib import Path

import pytest

from tests.support.checkouts import Checkout


@pytest.mark.slow
def test_the_company_sells_earthquakes(copied_company: Checkout) -> None:
    copied_company.add_files(Path(__file__).parent)
    day = copied_company.json("day", "--calm", "--hours", "2", env={"VERTICAL": "quakes"})
    [row] = day["pipelines"]
    assert row["name"] == "quakes" and day["failed_fires"] == 0
    assert row["read"] == row["promoted"] + row["unchanged"] + row["quarantined"] + row["held"] > row["quarantined"] > 0
