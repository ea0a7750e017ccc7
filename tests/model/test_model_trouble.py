"""A model that refuses the company: any session reports it, and heartbeat closes the report."""

from typing import Any

import pytest

from company.fire.fire import Fire
from company.outcomes import Done, Outcome
from heartbeat import money
from tests.model.conftest import RunByModel
from tests.support.acts import session_of
from tests.support.brains import TestBrain
from tests.support.fires import Fires
from tests.support.messages_api import Fails, Reply, finishes
from tests.support.refusals import refused

FOUND = (
    "SELECT level, watcher, found_by, times_seen, closed_by, resolution, evidence"
    " FROM company.findings WHERE kind = 'model_misconfigured'"
)
NOTED = "SELECT company.note_model_trouble(%(session)s, 'anthropic', '401')"


def found(brain: TestBrain) -> dict[str, Any]:
    [finding] = brain.sql("owner", FOUND)
    return dict(finding)


def beat(fire: Fires, **settings: Any) -> None:
    """The part of heartbeat's fire that is about the model, five minutes later."""
    fire.brain.wait(minutes=5)

    def work(at_work: Fire) -> Outcome:
        return Done({"ended": int(money.end_model_trouble(at_work))})

    fire("heartbeat", work, request_id=f"beat-{fire.brain.now()}", **settings)


def file_a_task(brain: TestBrain) -> None:
    brain.sql("data_manager", "SELECT company.file_task('data', 't', '{}', 5::smallint, NULL, NULL)")


def test_a_worker_reports_that_the_model_refuses_the_company(run_by_model: RunByModel, brain: TestBrain) -> None:
    file_a_task(brain)

    ran = run_by_model([Fails(401, "invalid x-api-key")], role="data_worker")

    assert (ran.answer["outcome"], ran.session["worked_by"]) == ("done", "book")
    reported = found(brain)
    assert (reported["level"], reported["watcher"], reported["found_by"]) == ("today", "ceo", "any_session")
    assert reported["evidence"] == {"first_noted_by": "data_worker", "last_noted_by": "data_worker"}


def test_many_sessions_with_the_same_refusal_are_one_finding(run_by_model: RunByModel, brain: TestBrain) -> None:
    for role in ("data_manager", "research_manager", "build_manager"):
        run_by_model([Fails(403, "no access")], role=role)

    assert found(brain)["times_seen"] == 3
    assert found(brain)["evidence"]["last_noted_by"] == "build_manager"


def test_heartbeat_ends_it_when_the_model_answers_again(
    run_by_model: RunByModel, fire: Fires, brain: TestBrain
) -> None:
    run_by_model([Fails(401)])
    beat(fire, company_model="anthropic")
    still_open = found(brain)["closed_by"]
    brain.wait(minutes=5)
    run_by_model([finishes()], role="scraping_manager")
    beat(fire, company_model="anthropic")

    reported = found(brain)
    assert (still_open, reported["closed_by"]) == (None, "heartbeat")
    assert reported["resolution"] == "refused once; it answered scraping_manager"
    assert reported["evidence"]["since"] < reported["evidence"]["until"]


def test_an_answer_from_before_the_last_refusal_ends_nothing(
    run_by_model: RunByModel, fire: Fires, brain: TestBrain
) -> None:
    run_by_model([Fails(401)])
    brain.wait(minutes=5)
    run_by_model([finishes()], role="scraping_manager")
    brain.wait(minutes=5)
    run_by_model([Fails(401)], role="research_manager")
    beat(fire, company_model="anthropic")

    assert found(brain)["closed_by"] is None


def test_it_ends_when_nobody_uses_a_model_any_more(run_by_model: RunByModel, fire: Fires, brain: TestBrain) -> None:
    run_by_model([Fails(401)])
    beat(fire)

    assert found(brain)["resolution"].endswith("no role uses it any more")


def test_the_role_that_reported_it_does_not_end_it(steadfast_brain: TestBrain) -> None:
    worker = session_of(steadfast_brain, "data_worker")
    steadfast_brain.sql("data_worker", NOTED, session=worker)
    [row] = steadfast_brain.sql("owner", "SELECT id FROM company.findings")

    with refused("a_finding_is_closed_by_finder_watcher_ceo_or_owner"):
        steadfast_brain.sql("data_worker", "SELECT company.close_finding(%(id)s, 'it is fine')", id=row["id"])
    with refused("only_heartbeat_ends_model_trouble"):
        steadfast_brain.sql("data_worker", "SELECT company.end_model_trouble(false)")


def test_machines_note_no_trouble_and_nobody_in_anothers_session(steadfast_brain: TestBrain) -> None:
    theirs = session_of(steadfast_brain, "data_auditor")

    with refused("only_employees_note_model_trouble"):
        steadfast_brain.sql("promote", NOTED, session=session_of(steadfast_brain, "promote"))
    with refused("a_fenced_session_writes_nothing"):
        steadfast_brain.sql("data_manager", NOTED, session=theirs)


@pytest.mark.parametrize("passing", [[Fails(529, retry_after="0")] * 4])
def test_a_model_that_is_only_busy_is_no_trouble(
    run_by_model: RunByModel, brain: TestBrain, passing: list[Reply]
) -> None:
    run_by_model(passing)

    assert brain.sql("owner", FOUND) == []
