"""audit_auditor and planter: each auditor is audited, and tested with a known defect."""

import pytest

from audit_auditor.book import falling
from company.fire.fire import Fire
from company.outcomes import Done, Outcome
from company.tools.audits import record_audit
from company.watch.catch_rates import CatchRate
from tests.functions.office import Office
from tests.pipeline.works import epss_of, kev_of

THEIRS = ["audit_differs", "drift", "false_fact", "unsaid_mute", "wrong_memory", "weak_audit"]
UNTOUCHED = ("changes", "lessons", "schedules", "brain", "scores")
PLANT = "SELECT found_by, removed_at FROM company.plants WHERE whose_test = 'content_auditor'"


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

    assert office.rows("SELECT id FROM company.findings") == [], "a test that is found is nobody's trouble"
    assert (answer["evidence"]["planted"], answer["evidence"]["caught"], answer["evidence"]["missed"]) == (1, 1, 0)


BEGIN = "UPDATE company.plants SET planted_at = company.now() WHERE whose_test IS NOT NULL"
TESTS = "SELECT whose_test, found_by FROM company.plants ORDER BY whose_test"


def test_every_auditor_who_looks_finds_its_test_and_nobody_hears_of_it(office: Office) -> None:
    """No finding, no change and no lesson: what is planted is shown to one auditor, and ends."""
    _written(office)
    office.run("data_auditor")
    office.deploy("check", "promote")
    office.run("heartbeat")
    before = {table: office.rows(f"SELECT * FROM company.{table}") for table in UNTOUCHED}

    office.run("planter", minutes=15)
    office.works.brain.admin.execute(BEGIN)
    tested = [row["whose_test"] for row in office.rows(TESTS)]
    for role in ("content_auditor", "data_auditor", "docs_auditor", "schedule_auditor", "memory_auditor"):
        office.run(role)
    answer = office.run("audit_auditor")

    assert tested == [f"{name}_auditor" for name in ("audit", "build", "content", "data", "docs", "memory", "schedule")]
    found = {row["whose_test"]: row["found_by"] for row in office.rows(TESTS)}
    assert found.pop("build_auditor") is None, "its trial is a test of its own"
    assert all(role == by for role, by in found.items()), found
    assert (
        office.rows("SELECT * FROM company.findings WHERE kind = ANY (%(k)s) AND subject <> 'PRODUCT'", k=THEIRS) == []
    )
    assert {table: office.rows(f"SELECT * FROM company.{table}") for table in UNTOUCHED} == before
    assert (answer["evidence"]["caught"], answer["evidence"]["differing"]) == (5, 0)


def test_an_auditor_who_misses_a_plant_is_named(office: Office) -> None:
    _written(office)
    office.run("planter")

    answer = office.run("audit_auditor", days=3)

    assert answer["evidence"]["missed"] >= 1
    missed = office.rows("SELECT subject, accused FROM company.findings WHERE title LIKE '%%missed what was planted%%'")
    assert {"subject": "content_auditor", "accused": "content_auditor"} in missed


def test_one_is_planted_a_week_and_what_was_judged_is_removed_at_the_next_fire(office: Office) -> None:
    _written(office)
    planted = [office.run("planter"), office.run("planter", hours=6)]
    assert office.rows(PLANT) == [{"found_by": None, "removed_at": None}]

    office.run("content_auditor")
    office.run("planter", hours=6)

    assert [row["found_by"] for row in office.rows(PLANT)] == ["content_auditor"]
    assert office.value("SELECT count(*) FROM company.drafts WHERE status = 'withdrawn'") == 1
    assert all(set(fire["evidence"]) == {"auditors"} for fire in planted), "its evidence tells nothing"


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


def _audits(office: Office, *looked_at: list[str], subject: str = "kev", wrong: str = "", is_all: bool = False) -> None:
    """Audits of data_auditor, one a fire, each of these things; the last one says that one differs."""
    for number, items in enumerate(looked_at):

        def auditing(fire: Fire, items: list[str] = items) -> Outcome:
            differences = [{"item": wrong, "expected": 1, "found": 2}] if wrong else []
            given = {"what": "x", "subject": subject, "whose": "promote", "differences": differences, "is_all": is_all}
            fire.use_named("record_audit", {**given, "looked_at": items})
            return Done({"sampled": len(items)})

        office.works.brain.wait(minutes=1)
        office.works.fire("data_auditor", auditing, request_id=f"audit-{number}-{subject}")


def _said(office: Office) -> str:
    office.run("audit_auditor")
    titles = office.rows("SELECT title FROM company.findings WHERE kind = 'weak_audit' AND subject = 'data_auditor'")
    return " ".join(row["title"] for row in titles)


def test_an_auditor_who_looks_at_the_same_things_each_time_is_named(office: Office) -> None:
    office.works.take_in("kev", kev_of(60))
    first = [f"CVE-2025-900{number:02}" for number in range(10)]
    office.works.take_in("epss", epss_of(4), at="2026-03-10T12:55:00Z")
    _audits(office, *([f"CVE-2025-900{n:02}" for n in range(start, start + 10)] for start in (0, 10, 20, 30)))
    _audits(office, *([f"CVE-2025-9000{n}" for n in range(4)] for _ in range(4)), subject="epss")
    office.works.brain.wait(minutes=5)
    others_and_all_of_few = _said(office)
    office.works.brain.wait(days=8)
    _audits(office, first, first, first, first)

    assert "the same things" not in others_and_all_of_few
    assert "looks at the same things: of kev, audits 4, again_percent 100" in _said(office)


def test_who_says_that_one_row_of_forty_is_all_is_named(office: Office) -> None:
    office.works.take_in("kev", kev_of(40))
    _audits(office, *([["CVE-2025-90000"]] * 5), is_all=True)

    assert "looks at the same things: of kev, audits 5" in _said(office)
    assert office.rows("SELECT DISTINCT chosen, population FROM company.audits WHERE subject = 'kev'") == [
        {"chosen": "by the auditor", "population": 40}
    ]


def test_a_source_that_no_audit_names_is_named(office: Office) -> None:
    _scored(office)
    office.works.brain.wait(days=3)
    _audits(office, ["CVE-2025-90001"])

    assert "never looked at some sources: sources ['epss']" in _said(office)


def test_a_difference_without_a_finding_is_named_and_one_with_a_finding_is_not(office: Office) -> None:
    _scored(office)
    office.works.brain.admin.execute("UPDATE patchfirst.kev SET product = 'Another'")
    office.run("data_auditor")
    with_a_finding = _said(office)
    office.works.brain.admin.execute("UPDATE company.findings SET found_by = 'database_clock'")
    with_another_ones = _said(office)
    _audits(office, ["CVE-2025-90001"], subject="epss", wrong="CVE-2025-90001")
    office.works.brain.admin.execute(
        "UPDATE company.findings SET closed_at = found_at, closed_by = 'x', resolution = 'x'"
    )

    assert "reported none" not in with_a_finding + with_another_ones
    assert "recorded differences and reported none" in _said(office)


@pytest.mark.parametrize("days", [0, 10])
def test_a_verdict_without_an_audit_is_named_also_after_a_missed_week(office: Office, days: int) -> None:
    _written(office)
    office.run("audit_auditor")
    judge = "SELECT company.judge_draft(%(session)s, 1, 'rejected', 'it reads badly')"

    def stamping(fire: Fire) -> Outcome:
        office.works.brain.sql("content_auditor", judge, session=fire.session_id)
        return Done({"drafts": 1})

    office.works.brain.wait(minutes=1)
    office.works.fire("content_auditor", stamping)

    office.run("audit_auditor", days=days)

    found = office.rows("SELECT title FROM company.findings WHERE subject = 'content_auditor'")
    assert any("gave verdicts without an audit" in row["title"] for row in found)


def test_fires_that_record_no_audit_at_all_are_named(office: Office) -> None:
    for number in range(3):
        office.works.brain.wait(minutes=1)
        office.works.fire("data_auditor", lambda _: Done({"sampled": 0}), request_id=f"idle-{number}")

    assert "looked at nothing: fires 3, audits 0" in _said(office)


@pytest.mark.parametrize(("caught", "before", "names"), [(1, 4, ["x"]), (3, 4, ["x"]), (4, 4, []), (4, 1, [])], ids=str)
def test_an_auditor_who_finds_fewer_tests_than_the_month_before_is_named(
    caught: int, before: int, names: list[str]
) -> None:
    months = [(week, week < caught) for week in range(4)] + [(4 + week, week < before) for week in range(4)]
    rates = [CatchRate("x", week, 1, int(is_caught), int(not is_caught), 7.0) for week, is_caught in months]

    assert [problem.subject for problem in falling(rates)] == names


def test_two_tests_are_too_few_for_a_rate() -> None:
    rates = [CatchRate("x", week, 1, int(week >= 4), int(week < 4), None) for week in (0, 1, 4, 5)]

    assert falling(rates) == []
