"""Scores: what they are made of, that they can be explained, and that only changes are written."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from company.pages.why import why
from patchfirst.scores import SCORES
from patchfirst.vertical import VERTICAL
from tests.pipeline.test_changes import nvd_page, record, tarred
from tests.pipeline.works import Works, epss, kev, kev_entry
from tests.support.refusals import NO_RIGHT, refused


def _scored(works: Works) -> None:
    works.take_in(
        "kev",
        kev(
            kev_entry(1, knownRansomwareCampaignUse="Known"), kev_entry(2, dateAdded="2020-01-01", dueDate="2020-02-01")
        ),
    )
    works.take_in("epss", epss("CVE-2025-90001,0.9,0.99", "CVE-2025-90003,0.1,0.5"))
    works.run("link", "score")


def _score(works: Works, entity: str) -> Decimal | None:
    row = works.brain.owner.one("score_of", entity=entity)
    return None if row is None else row["score"]


def test_the_weights_add_up_to_a_hundred() -> None:
    assert sum(part.weight for part in SCORES.parts) == 100


def test_a_score_is_the_weighted_sum_of_its_parts_rounded_once(works: Works) -> None:
    _scored(works)

    # 35 + 8 + 20 * 0.9 + 7 * 0.99 + 7 * (1 - 38/90); its due date of 22 February has passed
    assert _score(works, "CVE-2025-90001") == Decimal("72.0")
    assert _score(works, "CVE-2025-90002") == Decimal("35.0")
    assert _score(works, "CVE-2025-90003") == Decimal("5.5")


def test_an_explanation_adds_up_to_the_score(works: Works) -> None:
    _scored(works)

    parts = works.brain.owner.all("explain_score", entity="CVE-2025-90001")

    assert [p["part"] for p in parts] == [part.name for part in SCORES.parts]
    assert abs(sum(p["points"] for p in parts) - Decimal("72.0")) < Decimal("0.1")


def test_a_second_pass_over_the_same_day_has_nothing_to_do(works: Works) -> None:
    _scored(works)

    (fire,) = works.run("score")

    assert (fire["outcome"], fire["reason"]) == ("skipped", "nothing was promoted since the last pass")


def test_a_new_day_is_scored_again_and_only_what_moved_is_written(works: Works) -> None:
    _scored(works)
    works.brain.wait(days=1)

    (fire,) = works.run("score")

    assert fire["evidence"] == {"looked_at": 3, "added": 0, "changed": 1, "removed": 0}
    (change,) = works.brain.owner.all("score_changes_of", entity="CVE-2025-90001")
    assert (change["old_score"], change["new_score"]) == (Decimal("72.0"), Decimal("71.9"))


def test_what_no_feed_lists_any_more_loses_its_score_and_keeps_its_history(works: Works) -> None:
    _scored(works)
    works.brain.set_now(datetime(2026, 3, 11, 14, tzinfo=UTC))
    works.brain.admin.execute("UPDATE company.streams SET max_drop = 1")

    works.take_in("epss", epss("CVE-2025-90001,0.9,0.99", at="2026-03-11T12:55:00Z"), "2026-03-11T12:55:00Z")
    works.run("link", "score")

    assert _score(works, "CVE-2025-90003") is None
    (change,) = works.brain.owner.all("score_changes_of", entity="CVE-2025-90003")
    assert change["new_score"] is None
    assert works.value("SELECT sources FROM company.entities WHERE entity = 'CVE-2025-90003'") == []


def test_other_weights_under_the_same_version_are_refused(works: Works) -> None:
    _scored(works)

    with refused("a_score_model_never_changes"):
        works.brain.as_role("score").run("record_score_model", version=SCORES.version, names=["a"], weights=[1.0])


@pytest.mark.parametrize("role", ["link", "promote", "data_auditor", "data_worker", "owner"])
def test_nobody_but_score_scores(works_at_rest: Works, role: str) -> None:
    with refused(NO_RIGHT):
        works_at_rest.brain.as_role(role).run("score_all", version=SCORES.version, features=SCORES.features)
    with refused(NO_RIGHT):
        works_at_rest.brain.sql(role, "UPDATE company.scores SET score = 100")


def test_a_move_across_two_models_is_not_reported(works: Works) -> None:
    _scored(works)
    works.brain.set_now(datetime(2026, 3, 11, 14, tzinfo=UTC))

    works.take_in(
        "epss",
        epss("CVE-2025-90001,0.1,0.5", "CVE-2025-90003,0.8,0.9", at="2026-03-11T12:55:00Z", model="v2026.06.15"),
        "2026-03-11T12:55:00Z",
    )
    works.run("link", "score")

    assert works.value("SELECT count(*) FROM company.score_history") == 2
    assert works.rows("SELECT * FROM patchfirst.score_moves") == []


def test_a_part_that_no_source_knows_is_shown_as_unknown_and_counts_as_zero(works: Works) -> None:
    _scored(works)

    parts = {p["part"]: p for p in works.brain.owner.all("explain_score", entity="CVE-2025-90002")}

    assert {name for name, part in parts.items() if not part["is_known"]} == {
        "epss",
        "percentile",
        "exploit_at_hand",
        "cvss",
    }
    assert parts["epss"]["points"] == 0
    texts = [event.what for event in why(works.brain.owner, "CVE-2025-90002", vertical=VERTICAL).events]
    assert f"35.0 by {SCORES.version}; unknown: epss, percentile, exploit_at_hand, cvss" in texts


def test_the_story_of_an_entity_says_which_feed_knew_what(works: Works) -> None:
    _scored(works)

    events = why(works.brain.owner, "cve-2025-90001", vertical=VERTICAL).events

    assert [(event.who, event.what) for event in events][:2] == [
        ("kev", "batch 1: Harbourgate Edge Firewall, ransomware true"),
        ("epss", "batch 2: 0.9 (model v2025.03.14)"),
    ]


def test_an_exploit_raises_a_score_but_the_first_reading_of_a_list_is_no_news(works: Works) -> None:
    _scored(works)
    header = "id,description,date_published,type,platform,date_added,verified,codes"
    rows = [f"{n},x,,dos,linux,,1,CVE-2024-{90000 + n}" for n in range(20)]

    for more in (["90,x,,dos,linux,,1,CVE-2025-90001"], ["91,x,,dos,linux,,0,CVE-2025-90003"]):
        rows += more
        works.serve_only("exploitdb", ("\n".join([header, *rows]) + "\n").encode())
        works.run("scrape_exploits", "check", "promote", "link", "score")

    # 12 * 0.7 for a verified exploit, 12 * 0.5 for an unverified one
    assert _score(works, "CVE-2025-90001") == Decimal("80.4")
    assert _score(works, "CVE-2025-90003") == Decimal("11.5")
    assert [m["cve"] for m in works.rows("SELECT cve FROM patchfirst.score_moves")] == ["CVE-2025-90003"]


def test_severity_is_the_assigners_before_nvds(works: Works) -> None:
    _scored(works)
    works.serve_only("nvd", nvd_page("CVE-2025-90001", 9.0))
    works.run("scrape_cves", "check", "promote", "link", "score")
    by_nvd = _score(works, "CVE-2025-90001")

    scored = {"cvssV3_1": {"version": "3.1", "baseScore": 5.0}}
    works.serve_only("cves", tarred(record(1, "2026-03-10T16:00:00Z", metrics=[scored])))
    works.run("scrape_cves", "check", "promote", "link", "score")

    # 8 * 0.9, then 8 * 0.5
    assert (by_nvd, _score(works, "CVE-2025-90001")) == (Decimal("79.2"), Decimal("76.0"))
    facts = works.rows("SELECT cvss, cvss_by FROM patchfirst.cve_facts WHERE cve = 'CVE-2025-90001'")
    assert facts == [{"cvss": 5.0, "cvss_by": "the assigner"}]
