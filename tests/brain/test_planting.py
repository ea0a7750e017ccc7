"""Watchers are tested with planted defects: only planter plants, nothing planted is published, all is removed."""

import pytest

from tests.support.brains import TestBrain
from tests.support.drafts import draft_row, given_session, judge, publish, scored
from tests.support.refusals import NO_RIGHT, refused


def _plant(brain: TestBrain) -> int:
    scored(brain)
    return int(brain.as_role("planter").value("plant_false_draft", session_id=given_session(brain, "planter")))


def test_a_plant_is_written_down_with_whose_test_it_is(brain: TestBrain) -> None:
    draft = _plant(brain)

    [plant] = brain.as_role("audit_auditor").all("plants_for_audit", since=brain.now().replace(hour=0))
    assert (plant["subject"], plant["whose_test"], plant["found_by"]) == (f"draft {draft}", "content_auditor", None)
    assert draft_row(brain, draft)["written_by"] == "content_worker"


@pytest.mark.parametrize("role", ["content_worker", "content_auditor", "audit_auditor", "data_manager", "owner"])
def test_nobody_else_plants_for_an_audit_or_removes_a_plant(brain: TestBrain, role: str) -> None:
    with refused("only_planter_plants_for_audits"):
        brain.as_role(role).run("plant_false_draft", session_id=0)
    with refused("only_planter_plants_for_audits"):
        brain.as_role(role).run("remove_plants", session_id=0, hours=0)


@pytest.mark.parametrize("role", ["content_worker", "content_auditor", "content_manager", "publish"])
def test_the_tested_role_does_not_read_what_is_planted(brain: TestBrain, role: str) -> None:
    _plant(brain)

    assert brain.as_role(role).all("plants_for_audit", since=brain.now().replace(hour=0)) == []
    with refused(NO_RIGHT):
        brain.sql(role, "SELECT * FROM company.plants")


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
