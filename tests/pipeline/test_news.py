"""What was read for the first time is no news: nor what was read again, nor what a publisher took out of the world."""

from typing import Any

import pytest

from company.vertical import Customer
from patchfirst.scores import SCORES
from tests.pipeline.grown import grown
from tests.pipeline.works import Works, epss_of, kev, kev_entry

FERRY = Customer("Northferry Logistics", "ferry@northferry.invalid", "brief", {"min_score": 0})
ENTRIES = [kev_entry(n) for n in range(5)]
Parts = dict[str, float | None]
LISTED = ("known_exploited", "ransomware", "added_lately", "due_soon", "neighbours")


def _serve(works: Works) -> None:
    """Five entries known, one customer who was works, two hours ago."""
    works.take_in("kev", kev(*ENTRIES))
    works.take_in("epss", epss_of(5), at="2026-03-10T12:55:00Z")
    works.run("link", "score")
    works.open_for(FERRY)
    works.run("deliver")
    works.brain.wait(hours=2)


template_brain = grown(_serve)


def _add_an_entry(works: Works, at: str) -> dict[str, Any]:
    batch = works.take_in("kev", kev(*ENTRIES, kev_entry(70), at=at))
    works.run("link", "score")
    return batch


def _reported(works: Works, what: str) -> list[str]:
    pages = works.rows("SELECT items FROM company.deliveries ORDER BY id")
    return [item["cve"] for page in pages for item in page["items"] if item["what"] == what]


def _past_every_rule(works: Works, statement: str, **values: Any) -> None:
    with works.brain.admin as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute(statement.encode(), values)


def _parts(known: Parts) -> list[float | None]:
    """The parts in their order; those that are not named are zero."""
    return [None if (part := known.get(one.name, 0.0)) is None else float(part) for one in SCORES.parts]


def test_an_entry_that_an_undoing_took_back_is_reported_once(works: Works) -> None:
    batch = _add_an_entry(works, "2026-03-11T09:00:00.1234Z")
    works.run("deliver")
    works.brain.owner.run("undo_batch", batch=batch["id"], reason="a wrong mirror")
    works.brain.wait(hours=30)

    _add_an_entry(works, "2026-03-12T09:00:00.1234Z")
    works.run("deliver")
    works.brain.wait(hours=24)
    works.run("deliver")

    assert _reported(works, "known_exploited") == ["CVE-2025-90070"]


def test_who_was_alerted_of_an_entry_does_not_read_next_morning_that_its_score_moved(works: Works) -> None:
    _past_every_rule(
        works,
        "INSERT INTO patchfirst.epss (cve, epss, first_seen_at, valid_from, batch_id)"
        " VALUES ('CVE-2025-90005', 0.1, now(), now(), 0)",
    )
    _add_an_entry(works, "2026-03-11T08:00:00.1234Z")
    works.take_in("kev", kev(*ENTRIES, kev_entry(70), kev_entry(5), at="2026-03-11T09:00:00.1234Z"))
    works.run("link", "score", "deliver")
    works.brain.wait(days=1)
    works.run("deliver")

    assert _reported(works, "known_exploited").count("CVE-2025-90005") == 1
    assert works.value("SELECT count(*) FROM patchfirst.score_moves WHERE cve = 'CVE-2025-90005'") == 1
    assert "CVE-2025-90005" not in _reported(works, "score_moved")


def test_an_entry_that_was_taken_back_before_anybody_read_of_it_is_reported(works: Works) -> None:
    batch = _add_an_entry(works, "2026-03-11T09:00:00.1234Z")
    works.brain.owner.run("undo_batch", batch=batch["id"], reason="a wrong mirror")
    works.run("deliver")

    _add_an_entry(works, "2026-03-11T09:10:00.1234Z")
    works.run("deliver")

    assert _reported(works, "known_exploited") == ["CVE-2025-90070"]


def test_an_entry_that_a_customer_read_had_left_is_reported_when_it_is_back(works: Works) -> None:
    batch = _add_an_entry(works, "2026-03-11T09:00:00.1234Z")
    works.run("deliver")
    works.brain.owner.run("undo_batch", batch=batch["id"], reason="a wrong mirror")
    works.brain.wait(hours=24)
    works.run("deliver")
    left = _reported(works, "left_the_list")
    works.brain.wait(hours=72)

    _add_an_entry(works, "2026-03-15T05:00:00.1234Z")
    works.run("deliver")

    assert len(_reported(works, "known_exploited")) == 1 + len(left)


def test_an_entry_that_was_taken_back_unread_is_reported_however_late_it_is_back(works: Works) -> None:
    batch = _add_an_entry(works, "2026-03-11T09:00:00.1234Z")
    works.brain.owner.run("undo_batch", batch=batch["id"], reason="a wrong mirror")
    for _ in range(4):
        works.brain.wait(hours=24)
        works.run("deliver")

    _add_an_entry(works, "2026-03-15T05:00:00.1234Z")
    works.run("deliver")

    assert _reported(works, "known_exploited") == ["CVE-2025-90070"]


@pytest.mark.parametrize(
    ("was", "now", "old", "new", "is_news"),
    [
        (20, 45, {}, {"added_lately": 1}, True),
        (20, 45, {"weakness": None}, {"added_lately": 1, "weakness": 1}, True),
        (1, 76, dict.fromkeys(LISTED), {"known_exploited": 1, "added_lately": 1}, False),
        (1, 12, {"epss_place": None}, {"epss_place": 0.9}, False),
        (12, 8, {"epss_place": None, "recency": None}, {}, False),
        (2, 8, {"recency": 0.2}, {"recency": 1}, False),
        (9, 18, {"recency": 0.61, "epss_place": 0.1}, {"recency": 0.6, "epss_place": 0.8}, True),
        (1, 2, {"exploit_at_hand": None, "weakness": None}, {"exploit_at_hand": 1, "weakness": 1}, False),
    ],
    ids=[
        "all was known",
        "a little was not",
        "the list",
        "EPSS",
        "less than the average",
        "its date",
        "a day",
        "exploits and weakness",
    ],
)
def test_a_score_that_moved_by_what_nobody_had_read_before_did_not_move(
    works: Works, was: int, now: int, old: Parts, new: Parts, is_news: bool
) -> None:
    _past_every_rule(
        works,
        "INSERT INTO company.score_history (entity, old_score, new_score, old_parts, new_parts, old_version,"
        " new_version, valid_from, valid_to, pass_id) VALUES ('CVE-2025-90001', %(was)s, %(now)s, %(old)s, %(new)s,"
        " %(v)s, %(v)s, company.now() - interval '2 days', company.now(), 1)",
        was=was,
        now=now,
        old=_parts(old),
        new=_parts(new),
        v=SCORES.version,
    )

    moved = works.rows("SELECT cve FROM patchfirst.score_moves WHERE at = company.now()")

    assert bool(moved) is is_news


def test_a_score_that_moved_by_the_first_edition_of_a_list_of_exploits_did_not_move(works: Works) -> None:
    works.serve("nuclei", b'{"ID":"CVE-2025-90001","Info":{"Name":"x","Severity":"high"},"file_path":"a.yaml"}\n')
    works.run("scrape_exploits", "check", "promote")
    _past_every_rule(
        works,
        "INSERT INTO company.score_history (entity, old_score, new_score, old_parts, new_parts, old_version,"
        " new_version, valid_from, valid_to, pass_id) SELECT cve, 20, 30, %(old)s, %(new)s, %(v)s, %(v)s,"
        " company.now() - interval '2 days', company.now(), 1"
        " FROM unnest(ARRAY['CVE-2025-90001', 'CVE-2025-90002']) AS c (cve)",
        old=_parts({}),
        new=_parts({"exploit_at_hand": 0.6}),
        v=SCORES.version,
    )

    moved = works.rows("SELECT cve FROM patchfirst.score_moves WHERE at = company.now()")

    assert moved == [{"cve": "CVE-2025-90002"}]


def test_a_rejected_record_has_no_score_unless_it_is_listed(works: Works) -> None:
    _past_every_rule(
        works,
        "INSERT INTO patchfirst.epss (cve, epss, percentile, model_version, first_seen_at, valid_from, batch_id)"
        " VALUES ('CVE-2025-93000', 0.9, 0.9, 'm', company.now(), company.now(), 1)",
    )
    for cve in ("CVE-2025-93000", "CVE-2025-90001"):
        _past_every_rule(
            works,
            "INSERT INTO patchfirst.cves (cve, state, first_seen_at, valid_from, batch_id)"
            " VALUES (%(cve)s, 'REJECTED', company.now(), company.now(), 1)",
            cve=cve,
        )

    scored = works.rows("SELECT entity FROM patchfirst.score_features")

    assert {"entity": "CVE-2025-90001"} in scored
    assert {"entity": "CVE-2025-93000"} not in scored


def test_no_post_is_written_of_an_entry_without_a_name(works: Works) -> None:
    works.brain.admin.execute(
        "UPDATE patchfirst.kev SET vendor = CASE cve WHEN 'CVE-2025-90001' THEN ' ' ELSE vendor END,"
        " product = CASE cve WHEN 'CVE-2025-90002' THEN NULL ELSE product END,"
        " date_added = CASE cve WHEN 'CVE-2025-90003' THEN NULL ELSE date_added END"
    )

    rows = works.brain.as_role("content_worker").all("topic_added_lately")

    assert {row["cve"] for row in rows} == {"CVE-2025-90000", "CVE-2025-90004"}
