"""`watchbill backtest` over recorded files of the test's own: nothing dated later is used, each figure is counted."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Watchbill
from tests.pipeline.works import epss, kev, kev_entry
from tests.vertical.conftest import REAL
from watchbill.cloud.postgres.server import Server

DAY = "2026-03-11"


@pytest.fixture
def feeds(tmp_path: Path, postgres: Server, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two hundred CVEs, one of them listed; a month later two more are, and one that nobody knew on the day."""
    monkeypatch.setenv("DESK_POSTGRES", postgres.dsn())
    folder = tmp_path / "recorded"
    for source in ("kev", "epss"):
        (folder / source).mkdir(parents=True)
    lines = [f"CVE-2025-{90000 + n},{0.9 - n / 1000:.4f},0.5" for n in range(200)]
    _write(folder, "epss/epss_scores-2026-03-10.csv.gz", epss(*lines))
    # The day after: everything upside down. Who looks at it sees the future.
    turned = [f"CVE-2025-{90000 + n},{0.1 + n / 1000:.4f},0.5" for n in range(200)]
    _write(folder, "epss/epss_scores-2026-03-12.csv.gz", epss(*turned, at="2026-03-12T12:55:00Z"))
    listed = kev_entry(0, dateAdded="2020-01-01")
    dated_later = kev_entry(5, dateAdded="2026-03-20")
    _write(folder, "kev/known_exploited_vulnerabilities-2026.03.10.json", kev(listed, dated_later))
    came = [kev_entry(n, dateAdded="2026-03-20") for n in (5, 150, 900)]
    late = kev_entry(7, dateAdded="2026-06-30")
    later = kev(listed, *came, late, at="2026-07-01T17:00:00Z")
    _write(folder, "kev/known_exploited_vulnerabilities-2026.07.01.json", later)
    return folder


def _write(folder: Path, name: str, body: bytes) -> None:
    (folder / name).write_bytes(body)


def _figures(watchbill: Watchbill, feeds: Path, *more: str) -> dict[str, Any]:
    result = watchbill("backtest", "--date", DAY, "--feeds", str(feeds), "--json", *more)
    assert result.code == 0, result.err
    figures: dict[str, Any] = json.loads(result.out)
    return figures


def test_it_counts_what_came_true_among_the_first_places(watchbill: Watchbill, feeds: Path) -> None:
    figures = _figures(watchbill, feeds)

    assert (figures["candidates"], figures["labels"], figures["scored"]) == (199, 3, 2)
    assert figures["hits"]["epss"] == {"100": 1.0, "1000": 2.0, "5000": 2.0}
    assert figures["hits"]["cvss"] is None
    assert figures["hits"]["random"]["100"] == pytest.approx(2 * 100 / 199, abs=0.01)
    assert figures["median_rank"]["epss"] == (5 + 150) / 2
    assert {"composite", "lev"} <= figures["hits"].keys()
    assert "version" in figures["weights"]


def test_what_is_dated_after_the_day_is_left_out(watchbill: Watchbill, feeds: Path) -> None:
    """An entry may stand in an edition before its own date; the edition of tomorrow is no evidence of today."""
    figures = _figures(watchbill, feeds)

    assert [source["dated_later"] for source in figures["sources"] if source["source"] == "kev"] == [1]
    assert figures["median_rank"]["epss"] < 100


def test_a_value_that_no_column_can_hold_costs_its_row_and_not_the_backtest(watchbill: Watchbill, feeds: Path) -> None:
    modules = {
        f"exploit_{n}": {"name": "x", "fullname": f"exploit/{n}", "rank": rank, "references": [f"CVE-2025-{90010 + n}"]}
        for n, rank in enumerate((300, 10**12))
    }
    (feeds / "metasploit").mkdir()
    _write(feeds, "metasploit/modules_metadata_base-2026-03-10.json", json.dumps(modules).encode())

    read = {source["source"]: source for source in _figures(watchbill, feeds)["sources"]}

    assert read["metasploit"]["rows"] + read["metasploit"]["unfit"] == 2


def test_other_weights_are_tried_beside_ours(watchbill: Watchbill, feeds: Path, tmp_path: Path) -> None:
    other = tmp_path / "mine.toml"
    other.write_text('version = "mine.1"\n[weights]\nepss_place = 1\n')

    figures = _figures(watchbill, feeds, "--also", str(other))

    assert figures["hits"]["also"] == figures["hits"]["epss"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nothing", "cannot be read"),
        ("[weights]\nluck = 1\n", "no part luck"),
        ('[weights]\nepss_place = "x"\n', "read"),
        ("[weights]\nepss_place = 0\n", "no part weighs anything"),
        ("[weights]\n", "no part weighs anything"),
        ("[weights]\nepss_place = nan\n", "nan is no weight"),
        ("[weights]\nepss_place = inf\n", "inf is no weight"),
        ("[weights]\nepss_place = -1\n", "-1 is no weight"),
    ],
)
def test_weights_that_cannot_be_used_are_refused(
    text: str, says: str, watchbill: Watchbill, feeds: Path, tmp_path: Path
) -> None:
    other = tmp_path / "mine.toml"
    other.write_text(text)

    result = watchbill("backtest", "--date", DAY, "--feeds", str(feeds), "--also", str(other))

    assert result.code != 0
    assert says in result.err


def test_a_horizon_without_an_edition_after_it_is_refused_with_the_newest(watchbill: Watchbill, feeds: Path) -> None:
    result = watchbill("backtest", "--date", DAY, "--feeds", str(feeds), "--horizon", "300")

    assert result.code != 0
    assert "2026-07-01" in result.err and "shorter --horizon" in result.err


def test_a_day_before_every_edition_is_refused_with_the_first(watchbill: Watchbill, feeds: Path) -> None:
    result = watchbill("backtest", "--date", "2019-01-01", "--feeds", str(feeds))

    assert result.code != 0
    assert "no edition of kev" in result.err and "2026-03-10" in result.err


def test_the_page_names_the_orders_and_the_sources(watchbill: Watchbill, feeds: Path) -> None:
    result = watchbill("backtest", "--date", DAY, "--feeds", str(feeds))

    assert result.code == 0
    for words in ("our order", "EPSS alone", "the larger of EPSS and LEV", "CVSS alone", "by chance", "1 dated later"):
        assert words in result.out


@pytest.mark.parametrize("day", ["2023-10-27", "2024-01-13"])
def test_our_order_finds_more_than_epss_alone(
    day: str, watchbill: Watchbill, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A customer can have EPSS for nothing."""
    if not REAL.is_dir():
        pytest.skip("skipped: no recorded feeds beside this checkout")
    monkeypatch.setenv("DESK_POSTGRES", postgres.dsn())
    result = watchbill("backtest", "--date", day, "--feeds", str(REAL), "--json")

    hits = json.loads(result.out)["hits"]
    assert hits["composite"]["1000"] >= 2 * hits["epss"]["1000"]
    assert hits["composite"]["5000"] >= 2 * hits["epss"]["5000"]
    assert hits["composite"]["100"] >= hits["epss"]["100"] - 1
