"""audit_auditor and planter: each auditor is audited, and tested with a known defect."""

from company.fire.fire import Fire
from company.outcomes import Done, Outcome
from company.tools.audits import record_audit
from tests.functions.office import Office
from tests.pipeline.works import epss_of, kev_of

PLANT = "SELECT found_by, removed_at FROM company.plants"


def _scored(office: Office) -> None:
    office.works.take_in("kev", kev_of(10))
    office.works.take_in("epss", epss_of(10), at="2026-03-10T12:55:00Z")
    office.works.run("link", "score")


def _written(office: Office) -> None:
    """Drafts that wait for their auditor."""
    _scored(office)
    for role in ("content_manager", "content_worker"):
        office.run(role)


def test_a_planted_defect_that_is_found_counts_as_caught(office: Office) -> None:
    _written(office)

    office.run("planter")
    office.run("content_auditor")
    answer = office.run("audit_auditor")

    found = office.finding("false_fact")["id"]
    assert office.rows("SELECT finding_id FROM company.planted_findings") == [{"finding_id": found}]
    assert (answer["evidence"]["planted"], answer["evidence"]["caught"], answer["evidence"]["missed"]) == (1, 1, 0)


def test_an_auditor_who_misses_a_plant_is_named(office: Office) -> None:
    _written(office)
    office.run("planter")

    answer = office.run("audit_auditor", days=3)

    assert answer["evidence"]["missed"] == 1
    missed = office.rows("SELECT subject, accused FROM company.findings WHERE title LIKE '%%missed what was planted%%'")
    assert missed == [{"subject": "content_auditor", "accused": "content_auditor"}]


def test_one_is_planted_a_week_and_what_was_judged_is_removed_at_the_next_fire(office: Office) -> None:
    _written(office)
    planted = [office.run("planter"), office.run("planter", hours=6)]
    assert office.rows(PLANT) == [{"found_by": None, "removed_at": None}]

    office.run("content_auditor")
    office.run("planter", hours=6)

    assert [row["found_by"] for row in office.rows(PLANT)] == ["content_auditor"]
    assert office.value("SELECT count(*) FROM company.drafts WHERE status = 'withdrawn'") == 1
    assert all(set(fire["evidence"]) == {"drafts_waiting"} for fire in planted), "its evidence tells nothing"


def test_a_planter_with_nothing_to_plant_reports_that(office: Office) -> None:
    assert "no draft waits" in office.run("planter")["reason"]


def test_an_auditor_who_reports_much_and_records_nothing_is_named(office: Office) -> None:
    def boasting(fire: Fire) -> Outcome:
        return Done({"sampled": 200, "differing": 0})

    office.works.brain.wait(minutes=1)
    office.works.fire("data_auditor", boasting, request_id="boasting")

    office.run("audit_auditor")

    found = office.finding("weak_audit")
    assert (found["accused"], found["watcher"]) == ("data_auditor", "ceo")
    assert "recorded nothing: said 200, recorded 0" in found["title"]


def test_an_auditor_who_records_less_than_it_reports_is_named(office: Office) -> None:
    _scored(office)

    def rounding_up(fire: Fire) -> Outcome:
        fire.use(record_audit, what="x", subject="kev", whose="promote", looked_at=["CVE-2025-90001"], differences=[])
        return Done({"sampled": 50})

    office.works.brain.wait(minutes=1)
    office.works.fire("data_auditor", rounding_up, request_id="rounding-up")

    office.run("audit_auditor")

    assert "recorded less than it says: said 50, recorded 1" in office.finding("weak_audit")["title"]


def test_a_sample_that_was_invented_is_found(office: Office) -> None:
    _scored(office)

    def inventing(fire: Fire) -> Outcome:
        fire.use(record_audit, what="x", subject="kev", whose="promote", looked_at=["CVE-1999-99999"], differences=[])
        return Done({"sampled": 1})

    office.works.brain.wait(minutes=1)
    office.works.fire("data_auditor", inventing, request_id="inventing")

    office.run("audit_auditor")

    assert "named things that never were: things ['kev CVE-1999-99999']" in office.finding("weak_audit")["title"]


def test_an_auditor_who_did_not_look_for_a_week_is_named(office: Office) -> None:
    answer = office.run("audit_auditor", days=8)

    named = {row["subject"] for row in office.rows("SELECT subject FROM company.findings WHERE kind = 'weak_audit'")}
    assert "data_auditor" in named
    assert answer["evidence"]["auditors"] == len(named)
    assert office.value("SELECT count(*) FROM company.audits WHERE auditor = 'audit_auditor'") == len(named)
