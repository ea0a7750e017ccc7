"""Log lines as an owner reads them: simulated time, role, message, and the other fields."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from watchbill.cli.commands.logs import LinesWanted, chosen, readable, with_company_time
from watchbill.cloud.logs import LogEvent

WALL = datetime(2026, 11, 22, 13, tzinfo=UTC)
ENDED = datetime(2026, 3, 12, 7, tzinfo=UTC)


def line(message: str) -> LogEvent:
    return LogEvent(WALL, "/watchbill/desk_x/scrape_tides", "stream", message)


def test_a_json_line_shows_the_companys_time_and_its_own_keys() -> None:
    fields = {"level": "INFO", "message": "closed", "company_time": "2026-03-11T07:05:00+00:00", "outcome": "done"}

    [(at, found)] = with_company_time([line(json.dumps({**fields, "evidence": {"rows": 3}, "service": "x"}))])
    shown = readable(found, at)

    assert shown == '2026-03-11 07:05:00 scrape_tides  INFO closed  outcome=done evidence={"rows": 3}'


def test_a_plain_line_stays_as_it_was() -> None:
    assert readable(line("START RequestId: 1 Version: $LATEST\n"), WALL) == (
        "2026-11-22 13:00:00 scrape_tides  START RequestId: 1 Version: $LATEST"
    )


def test_json_that_is_no_log_line_stays_as_it_was() -> None:
    assert readable(line("[1, 2]"), WALL).endswith("[1, 2]")


def said(hour: int, level: str = "INFO", day: int = 11, **more: str) -> LogEvent:
    at = f"2026-03-{day}T{hour:02}:00:00+00:00"
    return line(json.dumps({"message": f"{day}-{hour}-{level}", "level": level, "company_time": at, **more}))


def wanted(lines: list[LogEvent], **options: object) -> list[str]:
    chosen_by = LinesWanted(**{"back": timedelta(days=1), "level": None, "slot": None, **options})  # type: ignore[arg-type]
    return [json.loads(one.message)["message"] for _, one in chosen(with_company_time(lines), chosen_by, ENDED)]


def test_lines_are_of_the_last_day_and_of_one_clock() -> None:
    start, end = line("START RequestId: 1\n"), line("REPORT RequestId: 1\n")

    timed = list(with_company_time([start, said(8), end]))

    assert [at for at, _ in timed] == [datetime(2026, 3, 11, 8, tzinfo=UTC)] * 3
    assert wanted([said(6), said(8), said(9, day=12)]) == ["11-8-INFO", "12-9-INFO"]


def test_the_first_lines_of_a_fire_have_its_own_time_and_not_that_of_the_fire_before() -> None:
    start, end = line("START RequestId: 1 Version: $LATEST\n"), line("REPORT RequestId: 1\n")
    lines = [line("INIT_START Runtime"), start, said(8), end, start, said(9), end, start, end]

    timed = with_company_time(lines)

    assert [at.hour for at, _ in timed] == [8, 8, 8, 8, 9, 9, 9, 9, 9], "the last fire said nothing"


def test_the_lines_of_two_fires_at_once_keep_to_their_own_stream() -> None:
    start, other = line("START RequestId: 1\n"), replace(line("START RequestId: 2\n"), stream="other")

    timed = list(with_company_time([start, other, said(8), replace(said(9), stream="other")]))

    assert [(at.hour, one.stream) for at, one in timed] == [(8, "stream"), (8, "stream"), (9, "other"), (9, "other")]


def test_lines_are_narrowed_by_level_and_slot() -> None:
    lines = [said(8), said(9, "WARNING"), said(10, "ERROR", schedule="ceo", due_at="2026-03-11T10:00:00+00:00")]

    assert wanted(lines, level="WARNING") == ["11-9-WARNING", "11-10-ERROR"]
    assert wanted(lines, slot="ceo@2026-03-11T10:00") == wanted(lines, slot="ceo 10:00") == ["11-10-ERROR"]
    assert wanted(lines, slot="ceo 11:00") == []
