"""A fix was taken back whose edition is in force: no list knows a name in it, and the next fix is found anyway."""

import pytest

from tests.functions.office import Office
from tests.functions.release import deployment, open_deploy, release
from tests.functions.workshop import build_task, change, edition, reads_the_new_name, rename


@pytest.fixture
def taken_back(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An edition that only a change could read is in force, and the change was rolled back by its owner's order."""
    _put_in_force(office, monkeypatch)
    office.works.brain.owner.run("order_change", change_id=1, order="roll_back", reason="")
    office.run("build_auditor")
    assert deployment(office)["status"] == "rolled_back"
    return office


def _put_in_force(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    open_deploy(office)
    office.product_layer = release(office)
    rename(office)
    office.run("build_worker")
    office.run("build_auditor")
    with monkeypatch.context() as while_it_is_live:
        reads_the_new_name(while_it_is_live)
        office.works.run("scrape_kev", "check", "promote")
    assert office.value("SELECT max(raw_id) FROM company.batches WHERE status = 'promoted'") == 3


def _rename_again(office: Office, new: bytes) -> None:
    """The next edition has another name of the same column; scraping passes it on."""
    document = edition(19).replace(b"dateAdded", new)
    office.works.serve_only("kev", document, at="2026-03-10T19:00:00Z")
    office.works.run("scrape_kev")
    office.run("scraping_manager")
    office.run("scraping_worker")


def test_a_fix_is_written_beside_the_last_document_that_the_code_in_force_reads_and_is_proved(
    taken_back: Office,
) -> None:
    _rename_again(taken_back, b"added_on")
    assert build_task(taken_back)["payload"]["evidence"]["last_good_document"] == 1
    taken_back.run("build_worker")

    judged = taken_back.run("build_auditor")

    assert '+dateAdded = ["dateAdded", "added_on"]' in change(taken_back)["diff"]
    assert "Raw document 4 beside 1" in change(taken_back)["reason"]
    assert judged["evidence"]["proved"] == 1, change(taken_back)["verdict"]
    assert change(taken_back)["evidence"]["others_differing"] == 0


def test_what_the_change_read_is_measured_when_a_new_fix_reads_it_again(taken_back: Office) -> None:
    """The same column under both names: the document in force is read otherwise than before, and must be read whole."""
    taken_back.works.brain.wait(minutes=1)
    document = edition(19).replace(b"dateAdded", b"date_added").replace(b"dueDate", b"due")
    taken_back.works.serve_only("kev", document, at="2026-03-10T19:00:00Z")
    taken_back.works.run("scrape_kev")
    taken_back.run("scraping_manager")
    taken_back.run("scraping_worker")
    taken_back.run("build_worker")

    judged = taken_back.run("build_auditor")

    assert '+dateAdded = ["dateAdded", "date_added"]' in change(taken_back)["diff"]
    assert judged["evidence"]["proved"] == 1, change(taken_back)["verdict"]
    shown = change(taken_back)["evidence"]
    assert (shown["others_differing"], shown["rows"], shown["rows_before"], shown["keys_kept"]) == (0, 60, 60, 1.0)


def test_a_column_that_a_fix_in_force_knows_can_be_renamed_once_more(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who builds and who proves were deployed before the fix, and have not its names."""
    _put_in_force(office, monkeypatch)
    office.run("build_auditor")
    assert deployment(office)["status"] == "kept"
    with monkeypatch.context() as in_the_products_functions:
        reads_the_new_name(in_the_products_functions)
        document = edition(19).replace(b"dateAdded", b"added_on")
        office.works.serve_only("kev", document, at="2026-03-10T19:00:00Z")
        office.works.run("scrape_kev")
    office.run("scraping_manager")
    office.run("scraping_worker")
    office.run("build_worker")

    office.run("build_auditor")

    assert '+dateAdded = ["dateAdded", "date_added", "added_on"]' in change(office)["diff"]
    assert change(office)["status"] == "proved", change(office)["verdict"]
