"""audit_auditor and planter: each auditor is audited, and tested with a known defect."""

from company.fire.fire import Fire
from company.outcomes import Done, Outcome
from company.tools.audits import record_audit
from tests.functions.office import Office
from tests.pipeline.works import epss_of, kev_of


def _scored(office: Office) -> None:
    office.works.take_in("kev", kev_of(10))
    office.works.take_in("epss", epss_of(10), at="2026-03-10T12:55:00Z")
    office.works.run("link", "score")


def test_a_planted_defect_that_is_found_counts_as_caught(office: Office) -> None:
    _scored(office)

    planted = office.run("planter")
    office.run("content_auditor")
    answer = office.run("audit_auditor")

    assert planted["evidence"] == {"removed": 0, "planted": 1}
    assert office.finding("false_fact")["planted"] is True
    assert (answer["evidence"]["planted"], answer["evidence"]["caught"], answer["evidence"]["missed"]) == (1, 1, 0)


def test_an_auditor_who_misses_a_plant_is_named(office: Office) -> None:
    _scored(office)
    office.run("planter")

    answer = office.run("audit_auditor", days=3)

    assert answer["evidence"]["missed"] == 1
    missed = office.rows("SELECT subject, accused FROM company.findings WHERE title LIKE '%%missed what was planted%%'")
    assert missed == [{"subject": "content_auditor", "accused": "content_auditor"}]


def test_a_plant_is_removed_a_week_later(office: Office) -> None:
    _scored(office)
    office.run("planter")

    answer = office.run("planter", days=7)

    assert answer["evidence"] == {"removed": 1, "planted": 1}
    assert office.value("SELECT status FROM company.drafts ORDER BY id LIMIT 1") == "withdrawn"


def test_a_planter_with_nothing_to_plant_reports_that(office: Office) -> None:
    assert "nothing is scored yet" in office.run("planter")["reason"]


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
