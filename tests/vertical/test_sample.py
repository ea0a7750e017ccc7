"""The invented feeds: the same for the same day, in the real formats, with the oddities that the real ones have."""

import json
from collections import Counter
from datetime import date
from pathlib import Path

from company.vertical import Edition, Parsed
from patchfirst.sample import write_sample
from patchfirst.sources import epss, kev


def _parsed(sample: list[Edition], source: str, day: int) -> Parsed:
    (edition,) = [e for e in sample if e.source == source and e.edition_at.day == day]
    parse = kev.parse if source == "kev" else epss.parse
    return parse(edition.load(), None)


def _scores(parsed: Parsed) -> dict[bytes, bytes]:
    cells = (line.split(b"\t") for line in parsed.copy_text.splitlines())
    return {row[1]: row[2] for row in cells}


def test_the_same_day_gives_the_same_bytes(tmp_path: Path, sample_folder: Path) -> None:
    write_sample(tmp_path, date(2026, 3, 11))

    written = sorted(p.relative_to(tmp_path) for p in tmp_path.rglob("*") if p.is_file())
    assert len(written) == 32
    assert all((tmp_path / p).read_bytes() == (sample_folder / p).read_bytes() for p in written)


def test_any_day_has_a_list_of_the_evening_before_and_of_the_day(tmp_path: Path) -> None:
    write_sample(tmp_path, date(2027, 1, 3))

    names = {p.name[-15:-5] for p in (tmp_path / "kev").iterdir()}
    assert {"2027-01-02", "2027-01-03"} <= names


def test_on_the_day_the_list_gains_three_loses_one_and_repeats_one(sample: list[Edition]) -> None:
    before, after = ([row[1] for row in _parsed(sample, "kev", day).rows] for day in (10, 11))

    assert len(set(after) - set(before)) == 3
    assert len(set(before) - set(after)) == 1
    assert [cve for cve, n in Counter(after).items() if n > 1] != []


def test_on_the_day_one_entry_turns_out_to_be_used_by_ransomware(sample: list[Edition]) -> None:
    before, after = ({row[1]: row[7] for row in _parsed(sample, "kev", day).rows} for day in (10, 11))

    assert sum(after.get(cve) is True and flag is False for cve, flag in before.items()) == 1


def test_between_two_days_about_one_score_in_seventy_changes(sample: list[Edition]) -> None:
    before, after = (_scores(_parsed(sample, "epss", day)) for day in (10, 11))

    changed = sum(after[cve] != score for cve, score in before.items() if cve in after)
    assert 0.008 < changed / len(before) < 0.02
    assert 0 < len(set(before) - set(after)) < 20
    assert len(after) > 19_900


def test_a_dozen_rows_a_day_are_bad(sample: list[Edition]) -> None:
    for day in (10, 11):
        parsed = _parsed(sample, "epss", day)
        beyond = sum(float(score) > 1 for score in _scores(parsed).values())
        assert 10 <= len(parsed.rejects) + beyond <= 20


def test_no_text_of_the_sample_is_from_the_real_list(sample: list[Edition], real: list[Edition]) -> None:
    def names(edition: Edition) -> set[str]:
        return {e["vendorProject"].strip() for e in json.loads(edition.load())["vulnerabilities"]}

    invented = set().union(*(names(e) for e in sample if e.source == "kev"))
    existing = set().union(*(names(e) for e in real if e.source == "kev"))

    assert not invented & existing
