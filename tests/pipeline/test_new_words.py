"""A word that no vocabulary had: kept as data, and reported once, whatever the number of its rows and days."""

from typing import Any

from tests.pipeline.test_changes import record, tarred
from tests.pipeline.works import Works, kev, kev_entry

FINDINGS = "SELECT level, title, closed_at IS NULL AS is_open FROM company.findings WHERE kind = 'new_word' ORDER BY id"


def _flagged(word: object, at: str) -> bytes:
    return kev(*(kev_entry(n, knownRansomwareCampaignUse=word) for n in range(30)), at=at)


def _with_state(state: str) -> dict[str, Any]:
    one = record(1, "2026-03-10T16:00:00Z", metrics=[{"cvssV3_1": {"version": "3.1", "baseScore": 9.0}}])
    one["cveMetadata"]["state"] = state
    return one


def test_a_new_word_is_one_finding_for_a_day_and_never_again(works: Works) -> None:
    works.take_in("kev", _flagged("Suspected", "2026-03-10T17:00:00Z"))
    works.take_in("kev", _flagged("Suspected", "2026-03-10T18:00:00Z"))
    first = works.rows(FINDINGS)

    works.brain.admin.execute("UPDATE company.findings SET found_at = found_at - interval '26 hours'")
    works.take_in("kev", _flagged("Suspected", "2026-03-10T19:00:00Z"))
    works.take_in("kev", _flagged("Suspected", "2026-03-10T20:00:00Z"))

    title = "kev has a new word in knownRansomwareCampaignUse: 'Suspected'"
    assert first == [{"level": "brief", "title": title, "is_open": True}]
    assert works.rows(FINDINGS) == [{"level": "brief", "title": title, "is_open": False}]


def test_a_record_in_a_state_that_nobody_knows_is_kept_and_counts_as_neither_published_nor_rejected(
    works: Works,
) -> None:
    works.serve_only("cves", tarred(_with_state("Contested")))
    works.run("scrape_cves", "check", "promote", "link", "score")

    assert works.rows("SELECT state, cvss_score FROM patchfirst.cves") == [{"state": "CONTESTED", "cvss_score": 9.0}]
    assert works.rows("SELECT FROM patchfirst.score_features WHERE num_nonnulls(parts[9], parts[10]) > 0") == []
    assert [row["title"] for row in works.rows(FINDINGS)] == ["cves has a new word in state: 'CONTESTED'"]


def test_a_field_of_hundreds_of_new_words_is_bounded(works: Works) -> None:
    for hour in range(4):
        flags = [kev_entry(n, knownRansomwareCampaignUse=f"word {hour} {n}") for n in range(40)]
        works.take_in("kev", kev(*flags, at=f"2026-03-10T{12 + hour}:00:00Z"))

    assert works.value("SELECT count(*) FROM company.new_words") <= 70
