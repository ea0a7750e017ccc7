"""Watchers are tested with planted defects: only planter plants, nothing planted is published, all is removed."""

import pytest

from tests.support.acts import open_finding
from tests.support.brains import TestBrain, run_sql
from tests.support.drafts import draft_row, given_session, judge, publish, scored, write_draft
from tests.support.refusals import NO_RIGHT, refused


def _plant(brain: TestBrain, hours: int = 0) -> int:
    """A post that its author wrote, in which the planter made one score another."""
    scored(brain)
    write_draft(brain)
    planted = {"session_id": given_session(brain, "planter"), "hours": hours}
    return int(brain.as_role("planter").value("plant_false_draft", **planted))


def test_a_plant_is_written_down_with_whose_test_it_is(brain: TestBrain) -> None:
    draft = _plant(brain)

    [plant] = brain.as_role("audit_auditor").all("plants_for_audit", since=brain.now().replace(hour=0))
    assert (plant["subject"], plant["whose_test"], plant["found_by"]) == (f"draft {draft}", "content_auditor", None)
    assert draft_row(brain, draft)["written_by"] == "content_worker"


@pytest.mark.parametrize("role", ["content_worker", "content_auditor", "audit_auditor", "data_manager", "owner"])
def test_nobody_else_plants_for_an_audit_or_removes_a_plant(brain: TestBrain, role: str) -> None:
    for act in ("plant_false_draft", "remove_plants"):
        with refused(NO_RIGHT):
            brain.as_role(role).run(act, session_id=0, hours=0)


WATCHED = ["content_auditor", "content_worker", "content_manager", "data_auditor", "memory_auditor", "publish"]


@pytest.mark.parametrize("role", WATCHED)
def test_no_column_tells_the_planted_draft_from_the_others(brain: TestBrain, role: str) -> None:
    """Three drafts of three sessions, one of them made false: nothing but its fact differs from what was written."""
    scored(brain)
    drafts = [write_draft(brain, title=f"On the first {word}") for word in ("thing", "place", "case")]
    seen = "SELECT *, xmin::text AS xmin, tableoid FROM company.drafts"
    before = brain.sql(role, seen)
    log, stories = _stories(brain, role)

    planted = _planted(brain)
    after = brain.sql(role, seen)

    assert planted in drafts
    assert [row["id"] for row in after] == [row["id"] for row in before] == drafts, "also the order on disk is the same"
    changed = {
        name for was, row in zip(before, after, strict=True) for name, value in row.items() if value != was[name]
    }
    assert changed == {"facts", "body", "xmin"}
    assert len({row["xmin"] for row in after}) == 1
    assert all(row["session_id"] is not None for row in after)
    assert _stories(brain, role) == (log, stories)


def _planted(brain: TestBrain) -> int:
    planted = {"session_id": given_session(brain, "planter"), "hours": 0}
    return int(brain.as_role("planter").value("plant_false_draft", **planted))


def _stories(brain: TestBrain, role: str) -> tuple[object, ...]:
    """What else a login may read that could tell: lines of the log, findings, tasks, flow."""
    log = brain.sql(role, "SELECT * FROM company.session_log WHERE role <> 'planter'")
    flow = brain.sql(role, "SELECT pipeline, facts FROM company.flow_check() WHERE pipeline = 'posts'")
    findings = brain.sql(role, "SELECT * FROM company.findings")
    return log, (flow, findings, brain.sql(role, "SELECT * FROM company.task_queue"))


@pytest.mark.parametrize("role", ["content_auditor", "data_auditor", "data_manager"])
def test_a_probe_that_is_rolled_back_does_not_tell_what_is_planted(brain: TestBrain, role: str) -> None:
    """A finding about the planted draft and one about a true one: opened, read and rolled back, they are alike."""
    scored(brain)
    drafts = [write_draft(brain, title=f"On the first {word}") for word in ("thing", "place")]
    planted = _planted(brain)
    answers = []
    for draft in drafts:
        with brain.as_role(role).dry_run():
            fingerprint = f"probe:{draft}"
            opened = open_finding(brain, role, fingerprint=fingerprint, subject=f"draft {draft}", level="ring")
            row = brain.sql(role, "SELECT * FROM company.findings WHERE id = %(id)s", id=opened)[0]
            again = open_finding(brain, role, fingerprint=fingerprint, subject=f"draft {draft}", level="ring")
            row.update(id=None, fingerprint=None, subject=None)
            answers.append((again == opened, row, len(row)))

    assert planted in drafts
    assert answers[0] == answers[1]


def test_no_session_of_the_planter_says_what_it_did(brain: TestBrain) -> None:
    _plant(brain)

    for table in ("sessions", "slots", "session_log", "task_events", "outbox", "decisions", "inbox", "brain"):
        read = str(brain.sql("content_auditor", f"SELECT * FROM company.{table}"))
        assert "draft 1" not in read
        assert "false_fact" not in read


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


@pytest.mark.parametrize("role", ["content_worker", "content_auditor", "content_manager", "publish"])
def test_the_tested_role_does_not_read_what_is_planted(brain: TestBrain, role: str) -> None:
    _plant(brain)

    for page in ("plants_for_audit(company.now())", "planted_findings", "plants", "briefs", "alerts"):
        with refused(NO_RIGHT):
            brain.sql(role, f"SELECT * FROM company.{page}")


def test_an_auditor_who_rejects_a_plant_has_found_it(brain: TestBrain) -> None:
    draft = _plant(brain)

    with refused("a_false_fact_is_not_approved"):
        judge(brain, draft)
    judge(brain, draft, "rejected")

    [plant] = brain.sql("owner", "SELECT found_by FROM company.plants")
    assert plant["found_by"] == "content_auditor"


def test_a_plant_is_never_sent_even_when_it_happens(brain: TestBrain) -> None:
    draft = _plant(brain)
    scored(brain, score=draft_row(brain, draft)["facts"][0]["value"])
    judge(brain, draft)

    assert brain.as_role("publish").all("drafts_to_publish") == []
    with refused("only_audited_drafts_are_published"):
        publish(brain, draft)


def test_a_found_plant_is_removed_and_another_keeps_its_time(brain: TestBrain) -> None:
    found, unfound = _plant(brain), _plant(brain)
    judge(brain, found, "rejected")
    planter = brain.as_role("planter")

    first = planter.value("remove_plants", session_id=given_session(brain, "planter"), hours=24)
    brain.wait(hours=25)
    second = planter.value("remove_plants", session_id=given_session(brain, "planter"), hours=24)

    assert (first, second) == (1, 1)
    assert {draft_row(brain, draft)["status"] for draft in (found, unfound)} == {"withdrawn"}
