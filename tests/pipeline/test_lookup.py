"""The lookup: all that is known of a CVE, and as of a past moment exactly what was in force and written then."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from company.brain import Brain
from company.vertical import Customer
from patchfirst.lookup.answers import CveAnswer
from patchfirst.lookup.reading import read_answer, read_past
from tests.pipeline.works import Works, epss, kev, kev_entry

OURS = "CVE-2025-90001"
OLD = tuple(kev_entry(n) for n in range(10, 230))
JUST = timedelta(microseconds=1)


def _in_force(works: Works, cve: str) -> dict[str, Any]:
    """What stands in the tables now, read without the lookup."""
    [row] = works.rows(
        "SELECT (SELECT ransomware FROM patchfirst.kev WHERE cve = %(c)s) AS ransomware,"
        " (SELECT count(*) FROM patchfirst.kev WHERE cve = %(c)s) AS listed,"
        " (SELECT epss FROM patchfirst.epss WHERE cve = %(c)s) AS epss,"
        " (SELECT score FROM company.scores WHERE entity = %(c)s) AS score,"
        " (SELECT fix_now FROM patchfirst.rankings WHERE cve = %(c)s) AS fix_now,"
        " (SELECT next FROM patchfirst.rankings WHERE cve = %(c)s) AS next,"
        " (SELECT parts FROM company.scores WHERE entity = %(c)s) AS parts,"
        " (SELECT array_agg(id || CASE WHEN ended_at IS NULL THEN 'not sent yet' ELSE status END ORDER BY id)"
        " FROM company.deliveries"
        "    WHERE items @> jsonb_build_array(jsonb_build_object('cve', %(c)s::text))) AS said",
        c=cve,
    )
    return row


def _as_told(answer: CveAnswer, said: Any) -> dict[str, Any]:
    numbers, listing = answer.numbers, answer.listing
    return {
        "ransomware": listing.ransomware if listing else None,
        "listed": int(listing is not None),
        "epss": answer.epss.probability if answer.epss else None,
        "score": numbers.score if numbers else None,
        "fix_now": numbers.fix_now if numbers else None,
        "next": numbers.next if numbers else None,
        "parts": [part.value for part in numbers.parts] if numbers else None,
        "said": said,
    }


def _without_evidence(answer: CveAnswer) -> dict[str, Any]:
    """All but what a past answer has more, or words more generally."""
    plain = answer.model_dump(exclude={"said", "not_reached"})
    for part in (plain["numbers"] or {"parts": ()})["parts"]:
        del part["says"], part["source"], part["as_of"]
    return plain


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    numbers = {name: None if row[name] is None else float(row[name]) for name in ("score", "fix_now", "next")}
    return {**row, **numbers}


def _take_in(works: Works, *entries: dict[str, Any], score: float) -> int:
    """A day's editions, linked, scored and delivered; the number of the batch of KEV."""
    now = works.brain.now()
    batch = works.take_in("kev", kev(*entries, *OLD, at=f"{now:%Y-%m-%dT%H:%M:00.1234Z}"))
    works.take_in("epss", epss(f"{OURS},{score},0.5", "CVE-2025-90010,0.1,0.4", at=f"{now:%Y-%m-%dT%H:%M:00Z}"))
    works.run("link", "score", "deliver")
    return int(batch["id"])


def _five_days(works: Works) -> Iterator[None]:
    """Before anything was read, listed, marked wrongly, undone, scored again, and taken off the list."""
    yield
    _take_in(works, score=0.01)
    yield
    _take_in(works, kev_entry(1), score=0.2)
    yield
    wrong = _take_in(works, kev_entry(1, knownRansomwareCampaignUse="Known"), score=0.2)
    yield
    works.brain.as_role("data_auditor").run("undo_batch", batch=wrong, reason="the flag was wrong")
    yield
    works.run("score", "deliver")
    yield
    _take_in(works, score=0.9)
    yield


def test_each_day_is_shown_later_as_it_was_recorded_then(works: Works) -> None:
    works.open_for(Customer("Alder Bank", "desk@alder.invalid", "brief", {}))
    works.brain.admin.execute("UPDATE company.streams SET max_growth = 9, max_drop = 1")
    kept: list[tuple[datetime, dict[str, Any], CveAnswer]] = []

    def keep() -> None:
        kept.append((works.brain.now(), _plain(_in_force(works, OURS)), read_answer(works.brain.owner, OURS)))
        works.brain.wait(hours=8)

    for _ in _five_days(works):
        keep()

    assert [row["listed"] for _, row, _ in kept] == [0, 0, 1, 1, 1, 1, 0]
    assert [row["ransomware"] for _, row, _ in kept] == [None, None, False, True, False, False, None]
    for at, recorded, answer in kept:
        past = read_past(works.brain.owner, OURS, at)
        said = [f"{said.name[2:]}{said.status}" for said in past.said if said.changes] or None
        assert _as_told(past, said) == recorded
        assert _without_evidence(past) == _without_evidence(answer)
    assert "kev" in " ".join(read_past(works.brain.owner, OURS, kept[0][0]).not_reached).lower()
    assert read_past(works.brain.owner, OURS, kept[-1][0]).not_reached[0].startswith("CVE List: never read")


def test_of_changes_at_one_moment_the_last_counts_and_one_instant_before_it_none(works: Works) -> None:
    works.take_in("kev", kev(kev_entry(1), *OLD, at="2026-03-10T17:00:00.1234Z"))
    batches = []
    for hour, ransomware in ((18, "Known"), (19, "Unknown")):
        entry = kev_entry(1, knownRansomwareCampaignUse=ransomware, product=f"Edge {hour}")
        works.serve_only("kev", kev(entry, *OLD, at=f"2026-03-10T{hour}:00:00.1234Z"), at=f"2026-03-10T{hour}:00:00Z")
        works.run("scrape_kev", "check")
        batches.append(works.last_batch()["id"])
    works.brain.wait(hours=1)
    moment = works.brain.now()

    for batch in batches:
        works.brain.as_role("promote").run("promote_batch", batch=batch)

    before, then = (read_past(works.brain.owner, OURS, at) for at in (moment - JUST, moment))
    assert before.listing and then.listing
    assert (before.listing.product, then.listing.product) == ("Edge Firewall", "Edge 19")
    works.brain.owner.run("undo_batch", batch=batches[1], reason="at the same moment")
    again = read_past(works.brain.owner, OURS, moment).listing
    assert again and (again.product, again.ransomware) == ("Edge 18", True)


def test_the_page_names_each_source_with_its_age_and_what_nobody_knows(works: Works) -> None:
    works.take_in("kev", kev(kev_entry(1, notes="https://a.invalid/x ; note"), *OLD))
    works.run("link", "score")

    answer = read_answer(works.brain.owner, " cve\u20112025\u201190001 ")

    assert (answer.cve, answer.status) == (OURS, "known")
    assert [reference.url for reference in answer.references] == ["https://a.invalid/x"]
    [state] = [state for state in answer.sources if state.source == "kev"]
    assert state.has_it and state.age_hours and state.last_said_at == state.edition_at
    assert "EPSS: nothing of it has been read" in answer.not_known
    assert any("CVSS" in line for line in answer.not_known)


@pytest.mark.parametrize(
    ("written", "status", "says"),
    [
        ("CVE-2025-12345678901234567890", "malformed", "this is no CVE id"),
        ("CVE-2025-90001 CVE-2025-90002", "malformed", "2 ids are written here"),
        ("", "malformed", "this is no CVE id"),
        ("'; DROP TABLE company.scores", "malformed", "this is no CVE id"),
        ("CVE-2025-99999", "unknown", "in no source of ours"),
    ],
)
def test_an_id_that_gives_nothing_says_why(works_at_rest: Works, written: str, status: str, says: str) -> None:
    answer = read_answer(works_at_rest.brain.owner, written)

    assert (answer.status, answer.is_known) == (status, False)
    assert says in answer.says


@pytest.mark.parametrize(
    ("state", "listed", "status"),
    [("REJECTED", False, "rejected"), ("RESERVED", False, "reserved"), ("REJECTED", True, "known")],
)
def test_a_record_that_names_no_vulnerability_is_known_only_where_cisa_lists_it(
    works_at_rest: Works, state: str, listed: bool, status: str
) -> None:
    admin, batch = works_at_rest.brain.admin, f"(SELECT {_batch(works_at_rest)})"
    with admin.transaction(force_rollback=True):
        values = f"VALUES ('{OURS}', company.now(), company.now(), {batch}"
        admin.execute(
            f"INSERT INTO patchfirst.cves (cve, first_seen_at, valid_from, batch_id, state) {values}, '{state}')"
        )
        if listed:
            admin.execute(f"INSERT INTO patchfirst.kev (cve, first_seen_at, valid_from, batch_id) {values})")
        brain = Brain(admin, works_at_rest.brain.owner._queries)

        answer = read_answer(brain, OURS)

    assert answer.status == status
    assert state.lower() in answer.says


def _batch(works: Works) -> int:
    """A batch, for rows that a test puts into force by hand."""
    with works.brain.admin as past_every_rule:
        past_every_rule.execute("SET session_replication_role = replica")
        [row] = past_every_rule.execute(
            "INSERT INTO company.batches (source, raw_id, edition_at, staged_by)"
            " VALUES ('cves', 0, company.now(), 'scrape_cves') RETURNING id"
        ).fetchall()
    return int(row["id"])
