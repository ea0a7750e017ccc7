"""Log lines as an owner reads them: simulated time, role, message, and the other fields."""

import json
from datetime import UTC, datetime

from watchbill.cli.logs import readable
from watchbill.cloud.logs import LogEvent


def line(message: str) -> LogEvent:
    return LogEvent(datetime(2026, 11, 22, 13, tzinfo=UTC), "/watchbill/desk_x/scrape_tides", "stream", message)


def test_a_json_line_shows_the_companys_time_and_its_own_keys() -> None:
    fields = {"level": "INFO", "message": "closed", "company_time": "2026-03-11T07:05:00+00:00", "outcome": "done"}

    shown = readable(line(json.dumps({**fields, "evidence": {"rows": 3}, "service": "scrape_tides"})))

    assert shown == '2026-03-11 07:05:00 scrape_tides  INFO closed  outcome=done evidence={"rows": 3}'


def test_a_plain_line_stays_as_it_was() -> None:
    assert readable(line("START RequestId: 1 Version: $LATEST\n")) == (
        "2026-11-22 13:00:00 scrape_tides  START RequestId: 1 Version: $LATEST"
    )


def test_json_that_is_no_log_line_stays_as_it_was() -> None:
    assert readable(line("[1, 2]")).endswith("[1, 2]")
