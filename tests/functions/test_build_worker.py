"""build_worker: a renamed column becomes a change of one line with its test; nothing is guessed."""

import json
import re
from collections.abc import Callable

import pytest

from company.errors import ToolError
from company.fire.fire import Fire
from company.outcomes import Done, Outcome
from tests.functions.office import Office
from tests.functions.workshop import build_task, change, edition, fail, rename


def test_no_task_is_a_skip(office: Office) -> None:
    answer = office.run("build_worker")

    assert (answer["outcome"], answer["reason"]) == ("skipped", "no build task waits")


def test_a_renamed_column_becomes_a_change_with_its_test(office: Office) -> None:
    rename(office)

    answer = office.run("build_worker")

    assert (answer["evidence"]["tasks"], answer["evidence"]["changes"]) == (1, 1)
    written = change(office)
    assert (written["author"], written["status"], written["files"]) == (
        "build_worker",
        "proposed",
        ["patchfirst/sources/kev.toml"],
    )
    assert [line for line in written["diff"].splitlines() if line[:1] in "+-"][2:] == [
        '-dateAdded = ["dateAdded"]',
        '+dateAdded = ["dateAdded", "date_added"]',
    ]
    assert "with 100 % of its values" in written["reason"]
    assert "document-2" in written["test"]
    task = build_task(office)
    assert (task["status"], task["result"]["change"], task["dedupe_key"]) == ("complete", written["id"], "format:kev")


def _nested(body: bytes) -> bytes:
    document = json.loads(body)
    for entry in document["vulnerabilities"]:
        entry["dates"] = {"added": entry.pop("dateAdded"), "due": entry.pop("dueDate")}
    return json.dumps(document).encode()


def _in_an_envelope(body: bytes) -> bytes:
    return json.dumps({"status": "ok", "data": {"kev": json.loads(body)}}).encode()


def _renamed_list(body: bytes) -> bytes:
    return body.replace(b'"vulnerabilities"', b'"items"')


def _both(body: bytes) -> bytes:
    return _renamed_list(body).replace(b'"dateAdded"', b'"date_added"')


@pytest.mark.parametrize(
    ("changed", "added"),
    [
        (_nested, ['dateAdded = ["dateAdded", "dates.added"]', 'dueDate = ["dueDate", "dates.due"]']),
        (_in_an_envelope, ['_entries = ["vulnerabilities", "data.kev.vulnerabilities"]']),
        (_renamed_list, ['_entries = ["vulnerabilities", "items"]']),
        (_both, ['_entries = ["vulnerabilities", "items"]', 'dateAdded = ["dateAdded", "date_added"]']),
    ],
)
def test_a_moved_column_or_list_becomes_lines_of_the_list_of_names_that_hold(
    office: Office, changed: Callable[[bytes], bytes], added: list[str]
) -> None:
    fail(office, changed)

    office.run("build_worker")

    written = change(office)
    assert [line[1:] for line in written["diff"].splitlines() if line[:2] not in ("++",) and line[:1] == "+"] == added


def test_a_date_that_is_written_otherwise_is_held_by_a_check_and_becomes_a_proved_change(office: Office) -> None:
    def day_first(found: re.Match[bytes]) -> bytes:
        return b'"dateAdded": "%b/%b/%b"' % (found[3], found[2], found[1])

    office.works.take_in("kev", edition(17))
    changed = re.sub(rb'"dateAdded": "(\d+)-(\d+)-(\d+)"', day_first, edition(18))
    held = office.works.take_in("kev", changed, at="2026-03-10T18:00:00Z")
    office.run("build_manager")
    task = build_task(office)
    office.run("build_worker")
    judged = office.run("build_auditor")

    assert (held["status"], task["payload"]["check"]) == ("held", "details_can_be_read")
    evidence = task["payload"]["evidence"]
    assert (evidence["last_good_rows"], evidence["rows_affected"], len(evidence["sha256"])) == (30, 30, 64)
    assert '+_spelled = ["dateAdded: day/month/year"]' in change(office)["diff"]
    assert judged["evidence"]["proved"] == 1, change(office)["verdict"]


def test_an_optional_column_under_another_name_is_held_and_becomes_a_proved_change(office: Office) -> None:
    office.works.take_in("kev", edition(17))
    renamed = edition(18).replace(b"knownRansomwareCampaignUse", b"knownRansomwareCampaignUsage")
    held = office.works.take_in("kev", renamed, at="2026-03-10T18:00:00Z")
    office.run("build_manager")
    office.run("build_worker")
    judged = office.run("build_auditor")

    assert (held["status"], held["promoted"]) == ("held", 0)
    line = '+knownRansomwareCampaignUse = ["knownRansomwareCampaignUse", "knownRansomwareCampaignUsage"]'
    assert line in change(office)["diff"]
    assert judged["evidence"]["proved"] == 1, change(office)["verdict"]


def test_a_passage_of_a_reader_is_drafted_only_where_it_is_there_once(office: Office) -> None:
    def work(fire: Fire) -> Outcome:
        reader = fire.use_named("read_reader", {"source": "kev"})
        passage = {"source": "kev", "old": "A_DAY = timedelta(days=1)", "new": "A_DAY = timedelta(hours=24)"}
        diff = fire.use_named("draft_reader", passage).diff
        assert (reader.file, "+A_DAY = timedelta(hours=24)" in diff) == ("patchfirst/sources/kev.py", True)
        for old in ("entry", "no such passage", " "):
            with pytest.raises(ToolError, match="times in patchfirst/sources/kev.py"):
                fire.use_named("draft_reader", {**passage, "old": old})
        return Done({"drafts": 1})

    answer = office.works.fire("build_worker", work, cloud=office.works.cloud, bucket="works", request_id="drafts")

    assert answer["outcome"] == "done", answer


def test_a_list_that_comes_twice_is_not_chosen_from(office: Office) -> None:
    def twice(body: bytes) -> bytes:
        document = json.loads(body)
        rows = document.pop("vulnerabilities")
        return json.dumps({**document, "one": rows, "other": rows}).encode()

    fail(office, twice)

    office.run("build_worker")

    assert office.value("SELECT count(*) FROM company.changes") == 0


def test_a_column_whose_values_changed_too_is_not_guessed(office: Office) -> None:
    office.works.take_in("kev", edition(17))
    other = edition(18).replace(b'"dateAdded": "2026-01', b'"when": "2031-07')
    office.works.serve_only("kev", other, at="2026-03-10T18:00:00Z")
    office.works.run("scrape_kev")
    office.run("scraping_manager")
    office.run("scraping_worker")

    answer = office.run("build_worker")

    assert (answer["evidence"]["changes"], answer["evidence"]["blocked"]) == (0, 1)
    task = build_task(office)
    assert (task["status"], task["blocked_on"]) == ("blocked", "build_manager")
    assert "dateAdded is gone" in task["blocked_action"]
    assert office.value("SELECT count(*) FROM company.changes") == 0


@pytest.mark.parametrize(("raw_id", "what"), [(2, "the one that failed"), (1, "the last good one")])
def test_a_document_that_is_too_large_to_be_compared_blocks_its_task_and_says_so(
    office: Office, raw_id: int, what: str
) -> None:
    rename(office)
    with office.works.brain.admin as past_every_rule:
        past_every_rule.execute("SET session_replication_role = replica")
        past_every_rule.execute("UPDATE company.raw_documents SET size = 50331649 WHERE id = %s", (raw_id,))

    answer = office.run("build_worker")

    assert (answer["evidence"]["blocked"], answer["evidence"]["changes"]) == (1, 0), what
    task = build_task(office)
    assert (task["status"], task["blocked_on"]) == ("blocked", "build_manager")
    said = f"raw document {raw_id} of kev has 50,331,649 bytes, and at most 50,331,648 are compared"
    assert said in task["blocked_action"]


def test_a_page_instead_of_data_is_nothing_to_build(office: Office) -> None:
    office.works.take_in("kev", edition(17))
    office.works.serve_only("kev", b"<html>" + b"no " * 100, at="2026-03-10T18:00:00Z")
    office.works.run("scrape_kev")
    office.run("scraping_manager")
    office.run("scraping_worker")

    office.run("build_worker")

    task = build_task(office)
    assert task["status"] == "complete"
    assert "none was renamed" in task["result"]["showed"]


def test_the_same_change_is_not_written_a_second_time(office: Office) -> None:
    rename(office)
    office.run("build_worker")
    first = change(office)["id"]
    again = {"kind": "format_changed", "source": "kev", "raw_id": 2}
    filed = {"mode": "build", "title": "once more", "payload": again, "priority": 5, "dedupe_key": None}
    office.works.brain.as_role("scraping_worker").one("file_task", **filed, not_before=None)

    answer = office.run("build_worker")

    assert (answer["evidence"]["tasks"], answer["evidence"]["changes"]) == (1, 0)
    assert build_task(office)["result"] == {
        "change": first,
        "showed": f"C-{first} says so already: dateAdded comes as date_added",
    }


def test_what_the_book_cannot_build_waits_for_the_manager(office: Office) -> None:
    filed = {"mode": "build", "title": "x crashed 3 times", "payload": {"kind": "crashes"}, "priority": 5}
    office.works.brain.as_role("build_manager").one("file_task", **filed, dedupe_key=None, not_before=None)

    office.run("build_worker")

    task = build_task(office)
    assert (task["status"], task["blocked_on"]) == ("blocked", "build_manager")
    assert "x crashed 3 times" in task["blocked_action"]
