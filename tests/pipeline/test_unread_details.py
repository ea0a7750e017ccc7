"""A detail that cannot be read costs no row: it is counted with the batch, and told wherever the batch is told."""

from collections.abc import Mapping
from dataclasses import astuple, replace
from datetime import date, timedelta
from typing import Any

import pytest

from company.brief.rows import UnreadField
from company.vertical import Parsed, Unread
from patchfirst.lookup.reading import read_answer
from patchfirst.lookup.wording import page
from tests.pipeline.works import Works, epss, epss_of, kev_of

SEEN = {"dueDate": Unread(2, "'soon'"), "cwes": Unread(1, "7")}


@pytest.fixture
def unread(works: Works, monkeypatch: pytest.MonkeyPatch) -> Works:
    """KEV's reader gives an edition in which three details could not be read."""
    source = works.fire.container("scrape_kev").vertical().source("kev")
    read = source.parse

    def parse(body: bytes, day: date | None) -> Parsed:
        return replace(read(body, day), unread=SEEN)

    monkeypatch.setitem(source.__dict__, "parse", parse)
    return works


def test_what_could_not_be_read_is_kept_with_the_batch(unread: Works) -> None:
    batch = unread.take_in("kev", kev_of(3))

    assert (batch["status"], batch["promoted"], batch["quarantined"]) == ("promoted", 3, 0)
    assert batch["unread"] == {
        "dueDate": {"count": 2, "first": "'soon'"},
        "cwes": {"count": 1, "first": "7"},
    }


def test_it_is_a_warning_of_the_batch_in_its_story_and_in_memory(unread: Works) -> None:
    batch = unread.take_in("kev", kev_of(3))

    said = "2 dueDate (the first: 'soon'), 1 cwes (the first: 7)"
    [check] = unread.rows("SELECT * FROM company.batch_checks WHERE check_name = 'details_can_be_read'")
    assert (check["severity"], check["failed"], check["detail"]) == ("warn", 3, said)
    story = unread.brain.owner.all("why_batch", id=batch["id"])
    assert [said in row["facts"]["which"] for row in story if row["event"] == "checked"] == [True]
    assert (
        unread.value(
            "SELECT count(*) FROM company.session_log WHERE body LIKE %(said)s", said="%details_can_be_read: 2 dueDate%"
        )
        == 1
    )


def test_the_brief_has_the_worst_of_a_whole_list_and_the_sum_of_changes(unread: Works) -> None:
    unread.take_in("kev", kev_of(3))
    unread.take_in("kev", kev_of(4, "2026-03-11T06:00:00.1234Z"))

    now, year = unread.brain.now(), timedelta(days=365)
    read = unread.brain.owner.rows(UnreadField, "brief_unread", since=now - year, until=now + year)
    assert [astuple(one) for one in read] == [
        ("kev", "dueDate", 2, "'soon'"),
        ("kev", "cwes", 1, "7"),
    ]


def test_an_edition_whose_every_detail_was_read_passes_that_check(works: Works) -> None:
    batch: Mapping[str, Any] = works.take_in("kev", kev_of(3))

    [check] = works.rows("SELECT * FROM company.batch_checks WHERE check_name = 'details_can_be_read'")
    assert (batch["unread"], check["is_ok"]) == ({}, True)


LATER = "2026-03-11T12:55:00Z"
EXPLOITS = "id,description,date_published,type,platform,date_added,verified,codes"


def _with_percentile(written: str, rows: int) -> bytes:
    """The next day's edition of sixty, in which some rows have this percentile."""
    return epss(*(f"CVE-2025-{90000 + n},0.7,{written if n < rows else 0.5}" for n in range(60)), at=LATER)


@pytest.mark.parametrize("written", ["99.1", "-1"])
def test_a_probability_is_in_force_whatever_its_percentile(works: Works, written: str) -> None:
    works.take_in("epss", epss_of(60))
    works.brain.wait(hours=7)

    batch = works.take_in("epss", _with_percentile(written, 13), LATER)

    assert (batch["status"], batch["promoted"], batch["quarantined"]) == ("promoted", 60, 0)
    assert batch["unread"] == {"percentile": {"count": 13, "first": f"'{written}'"}}
    known = works.rows("SELECT epss, count(percentile) AS known FROM patchfirst.epss GROUP BY epss")
    assert [(round(row["epss"], 2), row["known"]) for row in known] == [(0.7, 47)]
    works.run("link")
    read = page(read_answer(works.brain.owner, "CVE-2025-90001"))
    assert "EPSS      0.7 (percentile unknown, model v2025.03.14)" in read


def test_an_edition_whose_percentiles_are_mostly_in_another_form_is_held(works: Works) -> None:
    works.take_in("epss", epss_of(60))
    works.brain.wait(hours=7)

    batch = works.take_in("epss", _with_percentile("99.1", 31), LATER)

    assert (batch["status"], batch["promoted"]) == ("held", 0)
    assert "31 percentile (the first: '99.1')" in batch["reason"]


@pytest.mark.parametrize("dates", ["2062-03-10,remote,linux,2026-03-10", "0202-01-01,remote,linux,2062-03-10"])
def test_an_exploit_counts_whatever_its_dates(works: Works, dates: str) -> None:
    sound = [f"{n},x,2026-03-01,remote,linux,2026-03-01,1,CVE-2025-9{n:04}" for n in range(30)]
    works.serve_only("exploitdb", "\n".join([EXPLOITS, *sound, f"99,x,{dates},1,CVE-2025-90099", ""]).encode())
    works.run("scrape_exploits", "check", "promote", "link", "score")

    batch, entity = works.last_batch(), "CVE-2025-90099"
    assert (batch["status"], batch["promoted"], batch["quarantined"]) == ("promoted", 31, 0)
    assert works.value("SELECT strength FROM patchfirst.exploits WHERE cve = %(cve)s", cve=entity) > 0
    parts = "SELECT parts FROM company.scores WHERE entity = %(cve)s"
    assert works.value(parts, cve=entity) == works.value(parts, cve="CVE-2025-90001")
