"""VERTICAL=quakes for a whole day: another product's feed, checks, score and customer in the same company."""

from pathlib import Path

import pytest

from tests.support.checkouts import Checkout


@pytest.mark.slow
def test_the_company_sells_earthquakes_for_a_day(copied_company: Checkout) -> None:
    copied_company.add_files(Path(__file__).parent)
    day = copied_company.json("day", "--calm", env={"VERTICAL": "quakes"})
    [row] = day["pipelines"]
    assert row["name"] == "quakes" and day["failed_fires"] == 0 and "1 of 1 served" in day["brief"]
    assert row["read"] == row["promoted"] + row["unchanged"] + row["quarantined"] + row["held"] > row["quarantined"] > 0
