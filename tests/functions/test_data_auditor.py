"""data_auditor: compares samples with the bytes, records what it looked at, and opens findings."""

import pytest

from company.errors import Refused, ToolError
from company.fire.fire import Fire
from company.outcomes import Done, Outcome, Skipped
from data_auditor.drift import FieldFigures
from tests.functions.office import Office
from tests.pipeline.works import epss_of, kev, kev_entry, kev_of
from tests.support.brains import run_sql

SPREADS = "SELECT looked_at, differing FROM company.audits WHERE subject = 'values of kev' ORDER BY id"
LATER = {"at": "2026-03-11T06:00:00Z"}


def test_a_clean_sample_is_recorded_with_what_was_looked_at(office: Office) -> None:
    office.works.take_in("kev", kev_of(30))
    office.works.take_in("epss", epss_of(40), at="2026-03-10T12:55:00Z")

    answer = office.run("data_auditor")

    assert (answer["evidence"]["sampled"], answer["evidence"]["differing"]) == (72, 0)
    audits = office.rows(
        "SELECT subject, looked_at, jsonb_array_length(sample) AS named, chosen, population FROM company.audits"
    )
    assert [tuple(audit.values()) for audit in audits] == [
        ("epss", 40, 40, "all", 40),
        ("rows of epss", 1, 1, "all", 1),
        ("kev", 30, 30, "all", 30),
        ("rows of kev", 1, 1, "all", 1),
    ]


def test_a_row_in_force_that_no_byte_says_is_found_and_counted(office: Office) -> None:
    office.works.take_in("kev", kev_of(30))
    office.works.brain.admin.execute(
        'INSERT INTO patchfirst.kev SELECT (jsonb_populate_record(k, \'{"cve": "CVE-2025-99999"}\')).*'
        " FROM patchfirst.kev k LIMIT 1"
    )

    answer = office.run("data_auditor")

    assert answer["evidence"]["differing"] == 2
    checks = office.rows("SELECT item, expected, found FROM company.audit_checks ORDER BY item")
    assert [tuple(check.values()) for check in checks] == [
        ("CVE-2025-99999", None, "in force, and not in its bytes"),
        ("how many rows", 30, 31),
    ]


def test_a_row_of_the_bytes_that_is_not_in_force_is_counted(office: Office) -> None:
    office.works.take_in("kev", kev_of(30))
    office.works.brain.admin.execute("DELETE FROM patchfirst.kev WHERE cve = 'CVE-2025-90003'")

    office.run("data_auditor")

    [subject] = {row["subject"] for row in office.rows("SELECT subject FROM company.findings")} - {"kev"}
    assert subject == "rows of kev"


def test_another_sample_is_drawn_each_time_and_none_twice_in_a_session(office: Office) -> None:
    office.works.take_in("kev", kev_of(60))
    drawn = []

    def drawing(fire: Fire) -> Outcome:
        draws = [fire.brain.one("draw_sample", session_id=fire.session_id, subject="kev", most=5) for _ in range(2)]
        assert draws[0] == draws[1]
        drawn.append((draws[0] or {})["items"])
        few = {"what": "x", "subject": "kev", "whose": "promote", "looked_at": drawn[-1][1:], "differences": []}
        with pytest.raises(Refused) as refused:
            fire.use_named("record_audit", few)
        assert refused.value.rule == "what_was_drawn_is_looked_at"
        return Done({"sampled": 0})

    for _ in range(3):
        office.works.brain.wait(minutes=1)
        office.works.fire("data_auditor", drawing, request_id=f"draw-{office.works.brain.now()}")

    assert len({tuple(items) for items in drawn}) == 3


def test_a_column_that_fewer_rows_have_than_a_week_ago_is_found_and_accuses_nobody(office: Office) -> None:
    office.works.take_in("kev", kev_of(250))
    office.run("data_auditor")
    young = office.rows(SPREADS)
    office.works.brain.wait(days=8)
    quiet = office.run("data_auditor")["evidence"]
    most = [kev_entry(n, **({} if n % 5 == 0 else {"dueDate": None})) for n in range(250)]
    without = kev(*most, at="2026-03-19T06:00:00Z")
    office.works.take_in("kev", without, at="2026-03-19T06:00:00Z")

    office.run("data_auditor")

    found = office.finding("audit_differs")
    assert (found["subject"], found["accused"]) == ("values of kev", None)
    assert found["title"] == "1 column of kev moved within a week, first due_date"
    assert (found["evidence"]["a week ago"], found["evidence"]["now"]) == ("known 100 %", "known 20 %")
    assert (young, quiet["differing"]) == ([], 0)
    assert [(row["looked_at"], row["differing"]) for row in office.rows(SPREADS)] == [(10, 0), (10, 1)]


@pytest.mark.parametrize(
    ("known_now", "mean_now", "spread", "has_drifted"),
    [
        (1.0, 5.0, 2.0, False),
        (0.85, 5.0, 2.0, True),
        (1.0, 6.5, 2.0, True),
        (1.0, 5.9, 2.0, False),
        (1.0, 9.0, 0.0, False),
    ],
)
def test_what_a_week_of_news_explains_is_no_drift(
    known_now: float, mean_now: float, spread: float, has_drifted: bool
) -> None:
    figures = FieldFigures("x", 1000, 1010, 1.0, known_now, 5.0, mean_now, spread)

    assert figures.has_drifted == has_drifted


def test_only_what_there_is_is_drawn_from(office: Office) -> None:
    def wishing(fire: Fire) -> Outcome:
        with pytest.raises(Refused) as refused:
            fire.brain.one("draw_sample", session_id=fire.session_id, subject="wishes", most=5)
        return Skipped(refused.value.rule)

    answer = office.works.fire("data_auditor", wishing)

    assert answer["reason"] == "a_draw_is_from_a_source_or_the_scores"


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
        audit = {"what": "x", "subject": "x", "whose": whose, "sample": '["a"]', "is_all": True}
        with pytest.raises(Refused) as refused:
            fire.brain.one(
                "record_audit", session_id=fire.session_id, **audit, differences=f'[{{"item": "{differs}"}}]'
            )
        return Skipped(refused.value.rule)

    answer = office.works.fire(role, tempted)

    assert answer["reason"] == rule
