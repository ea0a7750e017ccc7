"""What a dashboard shows of past weeks: by what was known then, and nothing of a week in which nobody looked."""

from datetime import UTC, datetime, timedelta

from company.vertical import Customer
from patchfirst.dashboard import making
from tests.pipeline.works import Works, epss, kev_of
from tests.support.brains import MORNING

BANK = Customer("Alder Bank", "security@alder-bank.invalid", "brief", {"vendors": ["Harbourgate"]})
SCORED_ONCE = """
INSERT INTO company.score_history (entity, old_score, new_score, old_parts, new_parts, old_version, new_version,
  valid_from, valid_to, pass_id)
SELECT entity, %(score)s, 10, parts, parts, model_version, model_version, %(since)s, %(until)s, 1
FROM company.scores ORDER BY entity LIMIT 1
"""
PAST = """
INSERT INTO patchfirst.epss_history (cve, epss, percentile, model_version, first_seen_at, valid_from, batch_id,
  valid_to, ended_by, ended_how)
VALUES ('CVE-2025-90001', %(value)s, 0.5, %(model)s, %(at)s, %(at)s, 1, %(until)s, 1, 'changed')
"""
"""An earlier value of EPSS."""


def _scored(works: Works) -> None:
    works.take_in("kev", kev_of(3))
    works.take_in("epss", epss("CVE-2025-90001,0.9,0.99", "CVE-2025-90007,0.2,0.5"))
    works.run("link", "score")
    works.open_for(BANK)


def test_a_week_in_which_nothing_was_scored_has_no_figures(works: Works) -> None:
    _scored(works)
    with works.brain.admin as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("UPDATE company.score_passes SET at = at - interval '20 days'")
        admin.execute("UPDATE company.scores SET scored_at = scored_at - interval '20 days', score = 60")
        admin.execute("UPDATE patchfirst.kev SET valid_from = valid_from - interval '20 days'")
        admin.execute("UPDATE patchfirst.kev SET valid_from = valid_from + interval '20 days' WHERE cve LIKE '%2'")
    works.run("score")

    found = works.brain.as_role("deliver").all(
        "dashboard_weeks", customer_id=1, until=MORNING + timedelta(days=6), weeks=5
    )

    known = [(f"{week['until']:%d %b}", week["listed"], week["above"]) for week in found]
    assert known[:4] == [("16 Feb", None, None), ("23 Feb", 2, 3), ("02 Mar", None, None), ("09 Mar", None, None)]
    assert known[4][0] == "16 Mar" and known[4][1] == 3


def test_what_begins_with_a_week_counts_in_it_and_what_ended_with_it_does_not(works: Works) -> None:
    _scored(works)
    with works.brain.admin as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("UPDATE company.scores SET scored_at = '2026-03-09T00:00:00.000001Z', score = 60")
        admin.execute("UPDATE patchfirst.kev SET valid_from = '2026-03-09T00:00:00.000001Z'")
        admin.execute("UPDATE patchfirst.kev SET valid_from = '2026-03-09T00:00Z' WHERE cve LIKE '%2'")
        for old_score, since, until in (
            (60, "2026-02-23T00:00Z", "2026-03-09T00:00Z"),
            (49, "2026-01-01", "2026-03-16"),
        ):
            admin.execute(SCORED_ONCE, {"score": old_score, "since": since, "until": until})
        admin.execute(
            "INSERT INTO company.score_passes (model_version, at, looked_at, added, changed, removed)"
            " SELECT model_version, at - n * interval '1 week', 0, 0, 0, 0 FROM company.score_passes,"
            " generate_series(1, 4) AS n"
        )

    found = works.brain.as_role("deliver").all(
        "dashboard_weeks", customer_id=1, until=MORNING + timedelta(days=6), weeks=5
    )

    known = [(f"{week['until']:%d %b}", week["listed"], week["above"]) for week in found]
    assert known == [("16 Feb", 0, 0), ("23 Feb", 0, 1), ("02 Mar", 0, 1), ("09 Mar", 1, 0), ("16 Mar", 3, 3)]


def test_only_the_last_value_of_an_old_week_is_kept_and_each_model_apart(works: Works) -> None:
    _scored(works)
    with works.brain.admin as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("DELETE FROM patchfirst.epss_history")
        for days, value, model in ((50, 0.1, "old"), (49, 0.2, "old"), (48, 0.3, "new"), (300, 0.9, "old")):
            at = MORNING - timedelta(days=days)
            admin.execute(PAST, {"value": value, "model": model, "at": at, "until": at + timedelta(days=1)})
    until = works.brain.owner.now()

    found = works.brain.as_role("deliver").all("dashboard_epss", cves=["CVE-2025-90001"], until=until)

    points = sorted((p["at"], round(p["epss"], 2), p["model_version"]) for p in found)
    assert [point[1:] for point in points] == [(0.2, "old"), (0.3, "new"), (0.9, "v2025.03.14")]
    assert making.WEEKS == 26 and points[0][0] < datetime(2026, 2, 1, tzinfo=UTC)
