"""`watchbill audits`: each auditor's tests week by week, and the switch that plants them."""

import json

import pytest

from tests.cli.conftest import Watchbill
from tests.support.brains import TestBrain
from watchbill.home import LastDay

CAUGHT = """
INSERT INTO company.plants (fault, subject, planted_by, whose_test, found_by, planted_at, found_at)
VALUES ('stale_line', 's', 'planter', 'docs_auditor', 'docs_auditor', company.now() - interval '9 hours',
  company.now() - interval '2 hours')
"""


def test_the_rates_are_shown_with_the_state_of_the_switch(
    watchbill: Watchbill, brain: TestBrain, last_day: LastDay
) -> None:
    empty = watchbill("audits").out
    brain.admin.execute(CAUGHT.encode())

    report, page = json.loads(watchbill("audits", "--json").out), watchbill("audits").out

    assert "None was planted in these weeks." in empty
    assert (report["tests"], [(row["auditor"], row["caught"], row["hours"]) for row in report["rates"]]) == (
        "on",
        [("docs_auditor", 1, 7.0)],
    )
    assert "7 h" in page and "Tests are planted." in page


@pytest.mark.parametrize(("value", "code", "expected"), [("off", 0, "audits --tests on"), ("maybe", 2, "neither on")])
def test_the_switch_is_on_or_off(
    watchbill: Watchbill, brain: TestBrain, last_day: LastDay, value: str, code: int, expected: str
) -> None:
    result = watchbill("audits", "--tests", value)

    assert (result.code, expected in result.out + result.err) == (code, True)
