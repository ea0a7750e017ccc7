"""Attacks the desk's log keeping: every line arrives, in order, and reads back as on AWS."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cloud.companies import run_of, small_company
from watchbill.cloud.aws import LocalAws
from watchbill.cloud.logs import LogWriter, put_lines, tail

EARLY, LATE = "/watchbill/small/early", "/watchbill/small/late"
STREAM = "2026/11/22/[$LATEST]0123"


@pytest.fixture(autouse=True)
def stack(cloud: LocalAws, tmp_path: Path) -> None:
    small_company(cloud, tmp_path)


def now_ms() -> int:
    return int(time.time() * 1000)


def texts(cloud: LocalAws, prefix: str = "/watchbill/small/", **more: str) -> list[str]:
    return [line.message for line in tail(cloud, prefix, pattern=more.get("pattern", ""))]


def test_the_lines_of_a_run_read_back_in_order(cloud: LocalAws) -> None:
    writer = LogWriter(cloud)

    writer.write(run_of("small-early", "r-1", "ok", None, "START", "working", "END"))
    writer.write(run_of("small-early", "r-2", "ok", None, "START again"))
    writer.flush()

    assert texts(cloud) == ["START", "working", "END", "START again"]


def test_lines_are_sent_on_their_own_after_a_thousand_runs(cloud: LocalAws) -> None:
    writer = LogWriter(cloud)

    for number in range(1100):
        writer.write(run_of("small-early", str(number), "ok", None, f"line {number}"))

    arrived = texts(cloud)
    writer.flush()
    assert 0 < len(arrived) < 1100
    assert texts(cloud) == [f"line {number}" for number in range(1100)]


def test_a_line_says_where_and_when_it_was_written(cloud: LocalAws) -> None:
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    writer = LogWriter(cloud)

    writer.write(run_of("small-late", "r-1", "ok", None, "hello"))
    writer.flush()

    (line,) = tail(cloud, "/watchbill/small/")
    assert (line.group, line.stream) == (LATE, STREAM)
    assert before <= line.at <= datetime.now(UTC)


def test_a_prefix_and_a_pattern_choose_the_lines(cloud: LocalAws) -> None:
    put_lines(cloud, EARLY, STREAM, [(now_ms(), "slot early is fine"), (now_ms(), "ERROR in early")])
    put_lines(cloud, LATE, STREAM, [(now_ms(), "ERROR in late")])

    assert texts(cloud, "/watchbill/small/late") == ["ERROR in late"]
    assert sorted(texts(cloud, pattern="ERROR")) == ["ERROR in early", "ERROR in late"]


def test_only_lines_since_a_moment_are_read(cloud: LocalAws) -> None:
    put_lines(cloud, EARLY, STREAM, [(now_ms() - 60_000, "a minute ago"), (now_ms(), "now")])

    recent = tail(cloud, EARLY, since=datetime.now(UTC) - timedelta(seconds=30))

    assert [line.message for line in recent] == ["now"]


def test_lines_of_different_functions_are_read_in_order_of_time(cloud: LocalAws) -> None:
    begin = now_ms() - 1000
    put_lines(cloud, LATE, STREAM, [(begin, "one"), (begin + 20, "three")])
    put_lines(cloud, EARLY, STREAM, [(begin + 10, "two"), (begin + 30, "four")])

    assert texts(cloud) == ["one", "two", "three", "four"]


def test_more_lines_than_one_put_may_hold_all_arrive(cloud: LocalAws) -> None:
    at = now_ms()
    many = [(at, f"line {number}") for number in range(10_050)]

    put_lines(cloud, EARLY, STREAM, many)

    assert len(texts(cloud)) == len(many)


def test_more_bytes_than_one_put_may_hold_all_arrive(cloud: LocalAws) -> None:
    large = [(now_ms(), "x" * 200_000) for _ in range(12)]

    put_lines(cloud, EARLY, STREAM, large)

    assert [len(text) for text in texts(cloud)] == [200_000] * 12


def test_a_line_too_long_for_the_service_is_cut_and_an_empty_one_kept(cloud: LocalAws) -> None:
    put_lines(cloud, EARLY, STREAM, [(now_ms(), "ü" * 300_000), (now_ms(), "")])

    long, empty = texts(cloud)
    assert 130_000 < len(long) < 131_073 and set(long) == {"ü"}
    assert empty.strip() == ""


def test_lines_at_a_simulated_time_would_be_lost_and_are_refused_with_an_error(cloud: LocalAws) -> None:
    simulated = int(datetime(2026, 3, 11, 7, tzinfo=UTC).timestamp() * 1000)

    with pytest.raises(RuntimeError, match="did not store lines of /watchbill/small/early"):
        put_lines(cloud, EARLY, STREAM, [(simulated, "from a simulated morning")])


def test_following_shows_a_line_once_and_then_the_next(cloud: LocalAws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watchbill.cloud.logs._POLL_SECONDS", 0.01)
    put_lines(cloud, EARLY, STREAM, [(now_ms(), "first")])
    lines = tail(cloud, EARLY, follow=True)

    first = next(lines)
    later = threading.Timer(0.05, put_lines, (cloud, EARLY, STREAM, [(now_ms(), "second")]))
    later.start()
    second = next(lines)
    later.join()

    assert (first.message, second.message) == ("first", "second")


def test_a_second_writer_goes_on_in_a_stream_that_is_there(cloud: LocalAws) -> None:
    for text in ("one", "two"):
        writer = LogWriter(cloud)
        writer.write(run_of("small-early", text, "ok", None, text))
        writer.flush()

    assert texts(cloud) == ["one", "two"]
