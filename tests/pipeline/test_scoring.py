"""Scores: what they are made of, that they can be explained, and that only changes are written."""

import math
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from company.pages.why import why
from company.vertical import Customer
from patchfirst.movers import model_changes, movers_for
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


def _points(works: Works, entity: str, part: str) -> Decimal:
    points = {p["part"]: p["points"] for p in works.brain.owner.all("explain_score", entity=entity)}
    return Decimal(points[part])


def _score(works: Works, entity: str) -> Decimal | None:
    row = works.brain.owner.one("score_of", entity=entity)
    return None if row is None else row["score"]


def _recency(days: int) -> float:
    """From 1 on the first day to 0 after forty years, by the logarithm of the age and thirty days."""
    return round(1 - math.log((days + 30) / 30) / math.log(14630 / 30), 3)


def _near(distance: int, days: int) -> float:
    """One listed neighbour, from 0 to 1 at eight of the nearest and newest."""
    return round(math.log(1 + math.exp(-distance / 50 - days / 365)) / math.log(9), 2)


def _rounded(score: float) -> Decimal:
    return Decimal(str(round(score, 1)))


def test_the_studies_can_weigh_every_part() -> None:
    """patchfirst.worth_of_sources writes out the sum of twelve parts: more would not count in it."""
    assert len(SCORES.parts) <= 12


def test_the_weights_add_up_to_a_hundred() -> None:
    assert sum(part.weight for part in SCORES.parts) == pytest.approx(100)


def test_an_entry_of_today_stands_before_every_other(works: Works) -> None:
    """Among older entries with ransomware and the highest EPSS it would drown on its customer's page."""
    old = [kev_entry(n, dateAdded="2024-01-10", knownRansomwareCampaignUse="Known") for n in range(60)]
    today = kev_entry(99, dateAdded="2026-03-10", dueDate="2026-03-31")
    works.take_in("kev", kev(*old, today))
    works.take_in(
        "epss", epss(*(f"CVE-2025-{90000 + n},0.9{n:02},0.9" for n in range(60)), "CVE-2025-90099,0.0005,0.1")
    )
    works.run("link", "score")

    first = works.rows("SELECT entity FROM company.scores ORDER BY score DESC LIMIT 1")
    assert first == [{"entity": "CVE-2025-90099"}]


def test_what_is_listed_stands_before_what_is_only_likely(works: Works) -> None:
    works.take_in("kev", kev(kev_entry(1, dateAdded="2020-01-01", dueDate="2020-02-01")))
    works.take_in("epss", epss("CVE-2026-90001,0.99,0.99", "CVE-2025-90001,0.0004,0.01"))
    works.run("link", "score")

    listed, likely = _score(works, "CVE-2025-90001"), _score(works, "CVE-2026-90001")
    assert listed is not None and likely is not None and listed > likely


def test_numbers_near_a_listed_one_raise_the_estimate(works: Works) -> None:
    works.take_in("kev", kev(kev_entry(1, dateAdded="2026-03-01")))
    works.take_in("epss", epss(*(f"CVE-2025-{n},0.1,0.5" for n in (90002, 90140, 90900))))
    works.run("link", "score")

    parts = {
        n: {p["part"]: p["value"] for p in works.brain.owner.all("explain_score", entity=f"CVE-2025-{n}")}
        for n in (90002, 90140, 90900)
    }
    assert parts[90002]["neighbours"] > parts[90140]["neighbours"] > parts[90900]["neighbours"] == 0


def test_a_score_is_the_weighted_sum_of_its_parts_rounded_once(works: Works) -> None:
    _scored(works)

    # 38 + 4.9 + 29.6 * (1 - 38/90), its due date of 22 February has passed; first of two by EPSS, the first number of
    # 2025 (434 days), and what is unknown at its average
    unknown = 0.5 * 0.05 + 0.7 * 0.2 + 0.6 * 0.2 + 0.9 * 0.15 + 0.5 * 0.3
    listed = 38 + 4.9 + 29.6 * (1 - 38 / 90)
    assert _score(works, "CVE-2025-90001") == _rounded(listed + 12.9 + 6.2 * _recency(434) + unknown)
    # listed long ago; EPSS does not rank it; in the middle of the year's numbers, beside one listed 38 days ago
    assert _score(works, "CVE-2025-90002") == _rounded(
        38 + 12.9 * 0.08 + 6.2 * _recency(252) + 2.2 * _near(1, 38) + unknown
    )
    # not listed; the last of two by EPSS; the last number of the year, two beside one listed 38 days ago
    assert _score(works, "CVE-2025-90003") == _rounded(6.2 * _recency(70) + 2.2 * _near(2, 38) + unknown)


def test_an_explanation_adds_up_to_the_score(works: Works) -> None:
    _scored(works)

    parts = works.brain.owner.all("explain_score", entity="CVE-2025-90001")

    assert [p["part"] for p in parts] == [part.name for part in SCORES.parts]
    assert abs(sum(p["points"] for p in parts) - _score(works, "CVE-2025-90001") or 0) < Decimal("0.1")


def test_a_second_pass_over_the_same_day_has_nothing_to_do(works: Works) -> None:
    _scored(works)

    (fire,) = works.run("score")

    assert (fire["outcome"], fire["reason"]) == ("skipped", "nothing was promoted since the last pass")


def test_a_new_day_is_scored_again_and_only_what_moved_is_written(works: Works) -> None:
    _scored(works)
    works.brain.wait(days=1)

    (fire,) = works.run("score")

    assert fire["evidence"] == {"looked_at": 3, "added": 0, "changed": 3, "removed": 0}
    (change,) = works.brain.owner.all("score_changes_of", entity="CVE-2025-90001")
    # a day less of 90 for what was added lately, and a day older
    assert Decimal("0.3") <= change["old_score"] - change["new_score"] <= Decimal("0.4")


def test_a_pass_over_what_changed_leaves_what_a_pass_from_nothing_makes(works: Works) -> None:
    """Only what differs is worked out: one that is new, gone, moved, rejected, or as it was."""
    _scored(works)
    works.brain.admin.execute("UPDATE company.streams SET max_drop = 1")
    _take_epss(works, "2026-03-11T12:55:00Z", "CVE-2025-90001,0.9,0.99", "CVE-2025-90004,0.2,0.5")
    rejected = record(4, "2026-03-11T13:30:00Z")
    rejected["cveMetadata"]["state"] = "REJECTED"
    works.take_in("cves", tarred(record(1, "2026-03-11T13:00:00Z"), rejected), "2026-03-11T13:40:00Z")
    works.run("link", "score")
    scores = "SELECT entity, score, score_now, score_next, parts FROM company.scores ORDER BY entity"
    step_by_step = works.rows(scores)

    works.brain.admin.execute("TRUNCATE company.scores")
    works.brain.as_role("score").run("score_all", version=SCORES.version, features=SCORES.features)

    assert [row["entity"] for row in step_by_step] == ["CVE-2025-90001", "CVE-2025-90002"]
    assert works.rows(scores) == step_by_step


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
        works.brain.as_role("score").run(
            "record_score_model",
            version=SCORES.version,
            names=["a"],
            weights=[1.0],
            if_unknown=[0.0],
            questions=["now"],
        )


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
    (change,) = model_changes(works.brain.owner, works.brain.now() - timedelta(days=1), works.brain.now())
    assert change.says.startswith("EPSS changed its model on 11 March 2026 (v2025.03.14 to v2026.06.15)")


def test_a_mover_names_the_part_that_moved_it_and_no_score_moves_across_a_model(works: Works) -> None:
    _scored(works)
    works.open_for(Customer("Northferry Logistics", "ferry@northferry.invalid", "brief", {"min_move": 0.1}))
    since = works.brain.now()
    _take_epss(works, "2026-03-11T12:55:00Z", "CVE-2025-90003,0.95,0.99", "CVE-2025-90001,0.1,0.5")

    movers = {m.moved.cve: m for m in movers_for(works.brain.owner, 1, since, works.brain.now())}

    up, down = movers["CVE-2025-90003"], movers["CVE-2025-90001"]
    assert (up.is_up, up.moved.cause, up.says) == (True, "epss_place", "EPSS 0.95, above 99.0 % of CVEs")
    assert (down.is_up, down.moved.cause) == (False, "epss_place")
    assert up.moved.cause_points == Decimal("12.90")
    _take_epss(works, "2026-03-12T12:55:00Z", "CVE-2025-90003,0.1,0.5", "CVE-2025-90001,0.9,0.9", model="v5")
    assert movers_for(works.brain.owner, 1, since, works.brain.now()) == []


def _take_epss(works: Works, at: str, *lines: str, model: str = "v2025.03.14") -> None:
    works.brain.set_now(datetime.fromisoformat(at) + timedelta(hours=1))
    works.take_in("epss", epss(*lines, at=at, model=model), at)
    works.run("link", "score")


def test_a_part_that_no_source_knows_is_shown_as_unknown_and_counts_as_the_average(works: Works) -> None:
    _scored(works)

    parts = {p["part"]: p for p in works.brain.owner.all("explain_score", entity="CVE-2025-90002")}

    unknown = [name for name, part in parts.items() if not part["is_known"]]
    assert unknown == ["epss_place", "exploit_at_hand", "open_to_all", "weakness", "automatable", "technical_impact"]
    assert parts["epss_place"]["points"] == Decimal("1.03")
    texts = [event.what for event in why(works.brain.owner, "CVE-2025-90002", vertical=VERTICAL).events]
    assert f"{_score(works, 'CVE-2025-90002')} by {SCORES.version}; unknown: {', '.join(unknown)}" in texts


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

    # the average gives way to a verified exploit (0.7), and to an unverified one (0.5)
    points = [_points(works, f"CVE-2025-{n}", "exploit_at_hand") for n in (90001, 90003)]
    assert points == [Decimal("0.35"), Decimal("0.25")]
    assert [m["cve"] for m in works.rows("SELECT cve FROM patchfirst.score_moves WHERE new_parts[8] > 0")] == [
        "CVE-2025-90003"
    ]


def test_a_vector_is_the_assigners_before_nvds(works: Works) -> None:
    _scored(works)
    before = _points(works, "CVE-2025-90001", "open_to_all")
    works.serve_only("nvd", nvd_page("CVE-2025-90001", 9.0))
    works.run("scrape_cves", "check", "promote", "link", "score")
    by_nvd = _points(works, "CVE-2025-90001", "open_to_all")

    scored = {
        "cvssV3_1": {"version": "3.1", "baseScore": 5.0, "vectorString": "CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:L/I:L/A:L"}
    }
    works.serve_only("cves", tarred(record(1, "2026-03-10T16:00:00Z", metrics=[scored])))
    works.run("scrape_cves", "check", "promote", "link", "score")

    assert (before, by_nvd, _points(works, "CVE-2025-90001", "open_to_all")) == (
        Decimal("0.14"),
        Decimal("0.70"),
        Decimal("0.00"),
    )
    facts = works.rows("SELECT cvss, cvss_by FROM patchfirst.cve_facts WHERE cve = 'CVE-2025-90001'")
    assert facts == [{"cvss": 5.0, "cvss_by": "the assigner"}]
