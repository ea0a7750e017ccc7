"""A row that nobody can read, of a source whose every row matters: told by name, until an edition is read with it."""

from typing import Any

from company.pages.why import why
from company.pipeline.rows.put_aside import MOST
from company.vertical import Customer
from patchfirst.vertical import VERTICAL
from tests.pipeline.works import Works, epss, kev, kev_entry

SECOND = "2026-03-11T06:00:00.1234Z"
THIRD = "2026-03-11T08:00:00.1234Z"
BANK = Customer("Harbour Bank", "bank@x.invalid", "brief", {"vendors": ["Harbourgate"]})
OPEN = "SELECT subject, level, title, effect FROM company.findings WHERE kind = 'row_put_aside' AND closed_at IS NULL"


def _entries(count: int) -> list[dict[str, Any]]:
    return [kev_entry(n) for n in range(1, count + 1)]


def _open(works: Works) -> list[dict[str, Any]]:
    return works.rows(OPEN + " ORDER BY subject, title")


def _tear(works: Works, cve: str) -> None:
    """The last batch held one more row, whose id was read and nothing else."""
    works.brain.admin.execute("ALTER TABLE company.quarantine DISABLE TRIGGER USER")
    batch = works.last_batch()["id"]
    works.brain.admin.execute(
        "INSERT INTO company.quarantine (batch_id, source, row_no, entity, check_name, reason, raw)"
        f" VALUES ({batch}, 'kev', 99, '{cve}', 'rows_can_be_read', 'torn', 'torn')"
    )
    works.brain.admin.execute("ALTER TABLE company.quarantine ENABLE TRIGGER USER")


def test_an_entry_without_a_readable_id_is_told_as_it_was_written(works: Works) -> None:
    works.take_in("kev", kev(*_entries(30), kev_entry(31, cveID="CVE-2026-9o031")))

    (finding,) = _open(works)
    assert (finding["subject"], finding["level"]) == ("kev", "today")
    assert "CVE-2026-9o031" in finding["title"] and "no customer" in finding["effect"]


def test_it_is_told_until_an_edition_is_read_with_it(works: Works) -> None:
    works.take_in("kev", kev(*_entries(30), kev_entry(31, cveID="CVE-2026-9o031")))
    works.take_in("kev", kev(*_entries(30), kev_entry(31, cveID="CVE-2026-9o031"), at=SECOND))
    assert len(_open(works)) == 1

    works.take_in("kev", kev(*_entries(31), at=THIRD))

    assert _open(works) == []
    assert works.rows("SELECT FROM company.rows_put_aside") == []


def test_a_row_that_reads_again_as_it_did_before_is_no_longer_put_aside(works: Works) -> None:
    works.take_in("kev", kev(*_entries(31)))
    cve = kev_entry(31)["cveID"]
    _tear(works, cve)

    works.take_in("kev", kev(*_entries(31), at=SECOND))

    assert works.value("SELECT status FROM company.quarantine WHERE reason = 'torn'") == "resolved"


def test_a_duplicate_is_none_and_a_source_of_estimates_tells_none(works: Works) -> None:
    works.take_in("kev", kev(*_entries(30), kev_entry(30)))
    works.take_in("epss", epss("CVE-2026-90001,0.1,0.1", "CVE-2026-9,0.1,0.1"))

    assert _open(works) == []


def test_above_a_number_one_finding_names_the_first(works: Works) -> None:
    wrong = [kev_entry(n, cveID=f"CVE-26-{n}") for n in range(900, 901 + MOST)]

    works.take_in("kev", kev(*_entries(30), *wrong))

    (finding,) = _open(works)
    assert f"{len(wrong)} entries put aside" in finding["title"] and "CVE-26-900" in finding["title"]


def test_its_story_says_why_it_was_put_aside_and_that_nobody_reads_of_it(works: Works) -> None:
    works.take_in("kev", kev(*_entries(30)))
    _tear(works, "CVE-2025-90070")

    story = why(works.brain.owner, "CVE-2025-90070", vertical=VERTICAL)

    assert [event.what for event in story.events] == ["kev: row put aside (B-1): torn"]
    assert story.still_open == ("kev: put aside until an edition is read with it; no customer reads of it",)


def test_the_finding_names_the_customers_who_do_not_read_of_it(works: Works) -> None:
    works.open_for(BANK)
    works.take_in("kev", kev(*_entries(30), kev_entry(31, cveID="CVE-2026-9o031")))

    (finding,) = _open(works)
    assert finding["effect"] == "Harbour Bank does not read of it until an edition is read with it"


def test_a_customer_reads_what_is_put_aside_and_never_that_nothing_is_new(works: Works) -> None:
    works.take_in("kev", kev(*_entries(30), kev_entry(31, cveID="CVE-2026-9o031")))
    works.run("link", "score")
    works.open_for(BANK)

    works.run("deliver")

    [page] = works.rows("SELECT subject, body FROM company.deliveries")
    assert "an entry without a readable id could not be read" in " ".join(page["body"].split())
    assert "Nothing new for you since" not in page["body"]
    assert "nothing new in what was read" in page["subject"]


def test_an_edition_with_an_unreadable_id_ends_no_row(works: Works) -> None:
    """The id that cannot be read may be the one that seems to have left."""
    works.take_in("kev", kev(*_entries(30)))

    works.take_in("kev", kev(*_entries(29), kev_entry(30, cveID="CVE-2025-9OO30"), at=SECOND))

    assert works.value("SELECT count(*) FROM patchfirst.kev") == 30
    assert works.value("SELECT removed FROM company.batches ORDER BY id DESC LIMIT 1") == 0


def test_the_manager_of_the_data_answers_for_it_by_the_book(works: Works) -> None:
    works.take_in("kev", kev(*_entries(30), kev_entry(31, cveID="CVE-2026-9o031", knownRansomwareCampaignUse="New")))

    works.run("data_manager")

    answers = works.rows("SELECT answer FROM company.findings WHERE kind IN ('row_put_aside', 'new_word')")
    assert answers and all("Kept as" in row["answer"] for row in answers)
