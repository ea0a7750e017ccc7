"""The sample feeds are made once, and again when their generator changed."""

from datetime import date
from pathlib import Path

import pytest

from company.vertical import Vertical
from watchbill.days import samples
from watchbill.days.samples import sample_of


def write(folder: Path, day: date, days: int) -> None:
    (folder / "feed").write_text(f"{day} {days}")


DAY = date(2026, 3, 11)
TIDES = Vertical(name="tides", title="Tides", product="", sources=(), sample=write)


def test_a_sample_is_made_once(tmp_path: Path) -> None:
    reports: list[str] = []

    first, again = (sample_of(tmp_path, TIDES, DAY, days=1, report=reports.append) for _ in range(2))

    assert first == again
    assert (first / "feed").read_text() == "2026-03-11 1"
    assert reports == ["generating the sample feeds"]


def test_an_upgraded_generator_makes_it_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reports: list[str] = []
    folder = sample_of(tmp_path, TIDES, DAY, days=1, report=reports.append)
    (folder / "feed").write_text("of the old generator")

    monkeypatch.setattr(samples, "_digest", lambda _: "another")
    sample_of(tmp_path, TIDES, DAY, days=1, report=reports.append)

    assert (folder / "feed").read_text() == "2026-03-11 1"
