"""data_auditor: compares samples with the bytes, records what it looked at, and opens findings."""

import pytest

from company.errors import Refused, ToolError
from company.fire.fire import Fire
from company.outcomes import Done, Outcome, Skipped
from tests.functions.office import Office
from tests.pipeline.works import epss_of, kev_of
from tests.support.brains import run_sql

LATER = {"at": "2026-03-11T06:00:00Z"}


def test_a_clean_sample_is_recorded_with_what_was_looked_at(office: Office) -> None:
    office.works.take_in("kev", kev_of(30))
    office.works.take_in("epss", epss_of(40), at="2026-03-10T12:55:00Z")

    answer = office.run("data_auditor")

    assert (answer["evidence"]["sampled"], answer["evidence"]["differing"]) == (70, 0)
    audits = office.rows("SELECT subject, whose, looked_at, jsonb_array_length(sample) AS named FROM company.audits")
    assert [tuple(audit.values()) for audit in audits] == [("epss", "promote", 40, 40), ("kev", "promote", 30, 30)]


def test_a_row_that_differs_from_its_bytes_is_found(office: Office) -> None:
    office.works.take_in("kev", kev_of(30))
    office.works.brain.admin.execute(
        "UPDATE patchfirst.kev SET product = 'Something else' WHERE cve = 'CVE-2025-90003'"
    )

    answer = office.run("data_auditor")

    assert answer["evidence"]["differing"] == 1
    finding = office.finding("audit_differs")
    assert (finding["watcher"], finding["accused"]) == ("data_manager", "promote")
    assert finding["evidence"]["first"]["item"] == "CVE-2025-90003"
    assert office.value("SELECT found ->> 'product' FROM company.audit_checks") == "Something else"


def test_a_finding_of_an_audit_is_over_when_a_later_sample_is_clean(office: Office) -> None:
    office.works.take_in("kev", kev_of(30))
    admin = office.works.brain.admin
    admin.execute("UPDATE patchfirst.kev SET product = 'Something else' WHERE cve = 'CVE-2025-90003'")
    office.run("data_auditor")

    admin.execute("UPDATE patchfirst.kev SET product = 'Edge Firewall' WHERE cve = 'CVE-2025-90003'")
    office.run("data_auditor")

    assert office.finding("audit_differs")["resolution"] == "a later sample of 30 shows no difference"


def test_a_score_that_differs_from_the_sum_of_its_parts_is_found(office: Office) -> None:
    office.works.take_in("kev", kev_of(30))
    office.works.run("link", "score")
    office.works.brain.admin.execute("UPDATE company.scores SET score = 99.9 WHERE entity = 'CVE-2025-90003'")

    answer = office.run("data_auditor")

    assert answer["evidence"]["differing"] == 1
    assert office.finding("audit_differs")["accused"] == "score"


def test_a_score_of_which_little_is_known_is_computed_as_it_was_stored(office: Office) -> None:
    """Without EPSS, lists of exploits and records most parts count their average."""
    office.works.take_in("kev", kev_of(30))
    office.works.run("link", "score")

    answer = office.run("data_auditor")

    assert answer["evidence"]["differing"] == 0


def test_a_score_is_explained_by_points_that_add_up(office: Office) -> None:
    office.works.take_in("kev", kev_of(3))
    office.works.run("link", "score")

    def curious(fire: Fire) -> Outcome:
        explained = fire.use_named("explain_score", {"entity": "CVE-2025-90001"})
        with pytest.raises(ToolError, match="has no score"):
            fire.use_named("explain_score", {"entity": "nothing"})
        return Done({"score": explained["score"], "points": sum(part["points"] for part in explained["parts"])})

    evidence = office.works.fire("data_auditor", curious)["evidence"]

    assert evidence["score"] > 0
    assert evidence["points"] == pytest.approx(evidence["score"], abs=0.1)


def test_a_sudden_loss_is_refused_once_and_accepted_when_repeated(office: Office) -> None:
    office.works.take_in("kev", kev_of(60))
    office.works.take_in("kev", kev_of(20, at="2026-03-10T20:00:00Z"), at="2026-03-10T20:00:00Z")
    first = office.run("data_auditor")
    after_one = office.works.last_batch()

    office.works.take_in("kev", kev_of(20, at="2026-03-11T06:00:00Z"), **LATER)
    office.run("data_auditor")
    office.works.run("promote")

    assert first["evidence"]["held_decided"] == 1
    assert (after_one["status"], after_one["decided_by"]) == ("refused", "data_auditor")
    assert "this edition alone" in after_one["reason"]
    assert office.works.last_batch()["status"] == "promoted"
    assert office.value("SELECT count(*) FROM patchfirst.kev") == 20
    assert office.value("SELECT count(*) FROM company.findings WHERE kind = 'held_batch' AND closed_at IS NULL") == 0


def test_what_an_auditor_recorded_nobody_changes(office: Office) -> None:
    office.works.take_in("kev", kev_of(30))
    office.run("data_auditor")

    with pytest.raises(Refused) as mine:
        office.works.brain.sql("data_auditor", "UPDATE company.audits SET differing = 0")
    with pytest.raises(Refused) as everybodys:
        run_sql(office.works.brain.migrator, "UPDATE company.audits SET differing = 0")

    assert mine.value.rule == "one_writes_only_what_ones_login_may"
    assert everybodys.value.rule == "audits_is_append_only"


@pytest.mark.parametrize(
    ("role", "whose", "differs", "rule"),
    [
        ("data_auditor", "data_auditor", "a", "nobody_audits_their_own_work"),
        ("data_auditor", "promote", "b", "what_differs_was_looked_at"),
        ("promote", "promote", "a", "one_writes_only_what_ones_login_may"),
    ],
)
def test_an_audit_is_of_anothers_work_and_of_what_was_looked_at(
    office: Office, role: str, whose: str, differs: str, rule: str
) -> None:
    def tempted(fire: Fire) -> Outcome:
        audit = {"what": "x", "subject": "x", "whose": whose, "sample": '["a"]'}
        with pytest.raises(Refused) as refused:
            fire.brain.one(
                "record_audit", session_id=fire.session_id, **audit, differences=f'[{{"item": "{differs}"}}]'
            )
        return Skipped(refused.value.rule)

    answer = office.works.fire(role, tempted)

    assert answer["reason"] == rule
