"""Watchers are tested with planted defects: only planter plants, nothing planted is published, all is removed."""

import json
from typing import Any

import pytest

from tests.support.acts import open_finding
from tests.support.brains import TestBrain, run_sql
from tests.support.drafts import draft_row, given_session, judge, publish, scored, write_draft
from tests.support.refusals import NO_RIGHT, refused

WATCHED = ["content_auditor", "content_worker", "content_manager", "data_auditor", "memory_auditor", "publish"]


def _planted(brain: TestBrain, auditor: str = "content_auditor", **material: Any) -> int | None:
    """The number of the defect that the planter plants for an auditor, if one is due."""
    given = {"auditor": auditor, "material": material, "hours": 0}
    number: int | None = brain.as_role("planter").value(
        "plant_test", session_id=given_session(brain, "planter"), **given
    )
    return number


def _plant(brain: TestBrain) -> int:
    """A post that its author wrote, in which the planter made one score another."""
    scored(brain)
    write_draft(brain)
    return _draft_of(brain, _planted(brain))


def _draft_of(brain: TestBrain, plant: int | None) -> int:
    [row] = brain.sql("owner", "SELECT subject FROM company.plants WHERE id = %(id)s", id=plant)
    return int(row["subject"].removeprefix("draft "))


def test_a_plant_is_written_down_with_whose_test_it_is(brain: TestBrain) -> None:
    draft = _plant(brain)
    [plant] = brain.owner.all("plants_for_audit", since=brain.now().replace(hour=0))
    assert (plant["subject"], plant["whose_test"], plant["found_by"]) == (f"draft {draft}", "content_auditor", None)
    assert draft_row(brain, draft)["written_by"] == "content_worker"


@pytest.mark.parametrize("role", ["content_worker", "content_auditor", "audit_auditor", "data_manager", "owner"])
def test_nobody_else_plants_for_an_audit_or_removes_a_plant(brain: TestBrain, role: str) -> None:
    with refused(NO_RIGHT):
        brain.as_role(role).run("plant_test", session_id=0, auditor="docs_auditor", material={}, hours=0)
    with refused(NO_RIGHT):
        brain.as_role(role).run("remove_plants", session_id=0)


def test_only_an_auditor_who_is_here_is_tested(brain: TestBrain) -> None:
    for nobody in ("content_worker", "nobody"):
        with refused("only_an_auditor_is_tested"):
            _planted(brain, nobody)


DRAFTS = "SELECT *, xmin::text AS xmin, tableoid FROM company.drafts"


def test_no_column_tells_the_planted_draft_from_the_others(brain: TestBrain) -> None:
    """Three drafts of three sessions, one of them made false: nothing but its fact differs from what was written."""
    scored(brain)
    drafts = [write_draft(brain, title=f"On the first {word}") for word in ("thing", "place", "case")]
    seen = {role: (brain.sql(role, DRAFTS), _stories(brain, role)) for role in WATCHED}

    assert _draft_of(brain, _planted(brain)) in drafts
    for role, (before, stories) in seen.items():
        _is_like_the_others(before, brain.sql(role, DRAFTS), drafts)
        assert _stories(brain, role) == stories, role


def _is_like_the_others(before: list[dict[str, Any]], after: list[dict[str, Any]], drafts: list[int]) -> None:
    assert [row["id"] for row in after] == [row["id"] for row in before] == drafts, "also the order on disk is the same"
    changed = {
        name for was, row in zip(before, after, strict=True) for name, value in row.items() if value != was[name]
    }
    assert changed == {"facts", "body", "xmin"}
    assert len({row["xmin"] for row in after}) == 1
    assert all(row["session_id"] is not None for row in after)


def _stories(brain: TestBrain, role: str) -> tuple[object, ...]:
    """What else a login may read that could tell: lines of the log, findings, tasks, flow."""
    log = brain.sql(role, "SELECT * FROM company.session_log WHERE role <> 'planter'")
    flow = brain.sql(role, "SELECT pipeline, facts FROM company.flow_check() WHERE pipeline = 'posts'")
    findings = brain.sql(role, "SELECT * FROM company.findings")
    return log, (flow, findings, brain.sql(role, "SELECT * FROM company.task_queue"))


def test_a_probe_that_is_rolled_back_does_not_tell_what_is_planted(brain: TestBrain) -> None:
    """About the planted draft and about a true one: opened, read and rolled back, the findings are alike."""
    scored(brain)
    drafts = [write_draft(brain, title=f"On the first {word}") for word in ("thing", "place")]
    assert _draft_of(brain, _planted(brain)) in drafts
    for role in ("content_auditor", "data_auditor", "data_manager"):
        assert _probed(brain, role, drafts[0]) == _probed(brain, role, drafts[1]), role


def _probed(brain: TestBrain, role: str, draft: int) -> tuple[bool, dict[str, Any]]:
    """What a role reads of a finding that it opens about a draft and takes back, without its names."""
    given = {"fingerprint": f"probe:{draft}", "subject": f"draft {draft}", "level": "ring"}
    with brain.as_role(role).dry_run():
        opened = open_finding(brain, role, **given)
        [row] = brain.sql(role, "SELECT * FROM company.findings WHERE id = %(id)s", id=opened)
        again = open_finding(brain, role, **given)
    return again == opened, {**row, "id": None, "fingerprint": None, "subject": None}


def _audit(brain: TestBrain, role: str, subject: str, items: list[str], wrong: list[str]) -> dict[str, Any]:
    """One audit by a role, and what the brain gives it to report."""
    differences = json.dumps([{"item": item, "expected": 1, "found": 2} for item in wrong])
    session, login = given_session(brain, role), brain.as_role(role)
    given = {"what": "w", "subject": subject, "whose": "promote", "sample": json.dumps(items), "is_all": True}
    audit = login.value("record_audit", session_id=session, differences=differences, **given)
    return {"audit": audit, "report": [row["item"] for row in login.all("differences_to_report", audit_id=audit)]}


def _planted_item(brain: TestBrain, auditor: str) -> tuple[str, str]:
    [row] = brain.sql("owner", "SELECT subject, item FROM company.plants WHERE whose_test = %(a)s", a=auditor)
    return row["subject"], row["item"]


def test_an_audit_that_is_taken_back_hears_nothing_of_a_test(brain: TestBrain) -> None:
    """Whoever claims that all differs, reads what it should report and rolls back learns which of them is planted."""
    _planted(brain, "docs_auditor")
    subject, item = _planted_item(brain, "docs_auditor")
    with brain.as_role("docs_auditor").dry_run():
        told = _audit(brain, "docs_auditor", subject, [item, "record x"], [item, "record x"])["report"]

    said = _audit(brain, "docs_auditor", subject, [item, "record x"], [item, "record x"])["report"]

    assert (told, said) == (sorted([item, "record x"]), ["record x"])


def test_a_difference_of_somebody_elses_audit_is_reported_and_finds_no_test(brain: TestBrain) -> None:
    _planted(brain, "docs_auditor")
    subject, item = _planted_item(brain, "docs_auditor")
    other = _audit(brain, "memory_auditor", subject, [item], [item])
    assert other["report"] == [item]
    assert brain.as_role("docs_auditor").all("differences_to_report", audit_id=other["audit"]) == []
    assert brain.sql("owner", "SELECT found_by FROM company.plants") == [{"found_by": None}]


PAGE = "SELECT company.page_as_read(file_key) <> content AS differs FROM company.brain WHERE file_key = %(key)s"


def test_only_the_tested_auditor_is_shown_the_stale_line(brain: TestBrain) -> None:
    _planted(brain, "docs_auditor")
    key = f"SKILL_{_planted_item(brain, 'docs_auditor')[1].removeprefix('record ').upper()}"

    shown = [
        role for role in (*WATCHED, "docs_auditor", "owner", "ceo") if brain.sql(role, PAGE, key=key)[0]["differs"]
    ]

    assert shown == ["docs_auditor"]


def test_a_test_stands_for_a_week_though_nobody_takes_it_away(brain: TestBrain) -> None:
    _planted(brain, "docs_auditor")
    key = f"SKILL_{_planted_item(brain, 'docs_auditor')[1].removeprefix('record ').upper()}"
    brain.wait(days=6)
    late = brain.sql("docs_auditor", PAGE, key=key)[0]["differs"]
    brain.wait(days=1)

    assert (late, brain.sql("docs_auditor", PAGE, key=key)[0]["differs"]) == (True, False)


def test_no_auditor_is_tested_twice_in_a_week(brain: TestBrain) -> None:
    first, again = _planted(brain, "docs_auditor"), _planted(brain, "docs_auditor")
    brain.wait(days=7)

    assert (first is None, again, _planted(brain, "docs_auditor") is None) == (False, None, False)


def test_the_owner_switches_tests_off_and_nobody_else_does(brain: TestBrain) -> None:
    for role in ("docs_auditor", "planter", "ceo"):
        with refused("only_the_owner_sets_switches"):
            brain.as_role(role).run("set_switch", switch="planted_tests", value="off")
    with refused("tests_are_planted_or_not"):
        brain.owner.run("set_switch", switch="planted_tests", value="maybe")
    brain.owner.run("set_switch", switch="planted_tests", value="off")

    assert _planted(brain, "docs_auditor") is None
    brain.owner.run("set_switch", switch="planted_tests", value="on")
    assert _planted(brain, "docs_auditor") is not None


def test_no_session_of_the_planter_says_what_it_did(brain: TestBrain) -> None:
    _plant(brain)

    for table in ("sessions", "slots", "session_log", "task_events", "outbox", "decisions", "inbox", "brain"):
        read = str(brain.sql("content_auditor", f"SELECT * FROM company.{table}"))
        assert "draft 1" not in read and "false_fact" not in read


@pytest.mark.parametrize(
    ("text", "falsified"),
    [
        ("X scores 81.5, and 81.5.", "X scores 61.2, and 61.2."),
        ("181.5 of 81.55 or 1,81.5 or 81.5,2", "181.5 of 81.55 or 1,81.5 or 81.5,2"),
        ("(81.5) 8195 81.5", "(61.2) 8195 61.2"),
    ],
)
def test_a_score_is_made_false_where_it_stands_alone(brain: TestBrain, text: str, falsified: str) -> None:
    replaced = "SELECT regexp_replace(%(text)s, company.as_a_figure('81.5'), '61.2', 'g') AS text"

    assert run_sql(brain.as_login("migrate"), replaced, text=text) == [{"text": falsified}]


UNREAD = ("plants", "standing_tests", "plants_for_audit(company.now())", "catch_rates(company.now(), 1)")
ASKED = ("shadow_for_me('stale_line', 'x')", "items_planted_for_me('x')", "end_tests()")
TESTED = [f"{name}_auditor" for name in ("content", "data", "docs", "schedule", "memory", "build")]


def test_the_tested_role_does_not_read_what_is_planted(brain: TestBrain) -> None:
    _plant(brain)

    for role in (*TESTED, "content_worker", "content_manager", "publish", "planter"):
        for asked in (*(f"SELECT * FROM company.{page}" for page in UNREAD), *(f"SELECT company.{a}" for a in ASKED)):
            with refused(NO_RIGHT):
                brain.sql(role, asked)
    for page in ("planted_findings", "briefs", "alerts"):
        with refused(NO_RIGHT):
            brain.sql("content_auditor", f"SELECT * FROM company.{page}")


def test_the_auditor_of_audits_reads_no_test_that_stands_and_none_of_its_own(brain: TestBrain) -> None:
    for auditor in ("docs_auditor", "audit_auditor"):
        _planted(brain, auditor)
    for page in ("plants", "standing_tests"):
        with refused(NO_RIGHT):
            brain.sql("audit_auditor", f"SELECT * FROM company.{page}")
    since = brain.now().replace(hour=0)

    standing = brain.as_role("audit_auditor").all("plants_for_audit", since=since)
    brain.wait(days=7)
    over = brain.as_role("audit_auditor").all("plants_for_audit", since=since)

    assert (standing, {row["whose_test"] for row in over}) == ([], {"docs_auditor"})


def test_an_auditor_who_rejects_a_plant_has_found_it(brain: TestBrain) -> None:
    draft = _plant(brain)

    with refused("a_false_fact_is_not_approved"):
        judge(brain, draft)
    judge(brain, draft, "rejected")

    assert brain.sql("owner", "SELECT found_by FROM company.plants") == [{"found_by": "content_auditor"}]


def test_an_auditor_who_rejects_anothers_plant_has_not_found_it(brain: TestBrain) -> None:
    judge(brain, _plant(brain), "rejected", role="data_auditor")

    assert brain.sql("owner", "SELECT found_by FROM company.plants") == [{"found_by": None}]


def test_a_plant_is_never_sent_even_when_it_happens(brain: TestBrain) -> None:
    draft = _plant(brain)
    scored(brain, score=draft_row(brain, draft)["facts"][0]["value"])
    judge(brain, draft)

    assert brain.as_role("publish").all("drafts_to_publish") == []
    with refused("only_audited_drafts_are_published"):
        publish(brain, draft)


def test_a_found_plant_is_removed_by_the_planter_and_another_by_the_databases_clock(brain: TestBrain) -> None:
    """The planter that planted it may never come again."""
    found = _plant(brain)
    judge(brain, found, "rejected")
    removed = brain.as_role("planter").value("remove_plants", session_id=given_session(brain, "planter"))
    brain.wait(days=5)
    unfound = _plant(brain)
    brain.wait(days=6, hours=23)
    brain.sql("owner", "SELECT * FROM company.database_clock()")
    early = draft_row(brain, unfound)["status"]
    brain.wait(hours=2)
    brain.sql("owner", "SELECT * FROM company.database_clock()")

    assert (removed, early) == (1, "drafted")
    assert {draft_row(brain, draft)["status"] for draft in (found, unfound)} == {"withdrawn"}


def test_a_catch_rate_says_who_found_how_many_after_how_long(brain: TestBrain) -> None:
    for auditor in ("docs_auditor", "memory_auditor"):
        _planted(brain, auditor)
        brain.wait(hours=1)
    subject, item = _planted_item(brain, "docs_auditor")
    _audit(brain, "docs_auditor", subject, [item], [item])
    brain.wait(days=3)

    rates = brain.owner.all("catch_rates", until=brain.now(), weeks=1)

    assert [(row["auditor"], row["planted"], row["caught"], row["missed"]) for row in rates] == [
        ("docs_auditor", 1, 1, 0),
        ("memory_auditor", 1, 0, 1),
    ]
    assert 2 <= float(rates[0]["hours"]) < 3
