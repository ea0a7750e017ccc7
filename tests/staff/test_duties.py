"""Duties: necessary work that a model did not do is done by plain code after its finish."""

from typing import Any

import pytest

from company.fire.fire import Fire
from company.outcomes import Done, Outcome
from tests.contracts.repository import records
from tests.functions.office import Office
from tests.support.acts import close_session
from tests.support.drafts import given_session
from tests.support.fires import role_code

WATCHERS = sorted(role for role, record in records().items() if record.is_employee and "answer_finding" in record.tools)


def _after_a_model(office: Office, role: str) -> dict[str, Any]:
    """A fire whose model did nothing, and then the role's duties."""

    def work(fire: Fire) -> Outcome:
        done = Done({"looked_at": 1}, note="1 thing looked at.")
        return Done({**done.evidence, **role_code(role).duties(fire, done)}, note=done.note)

    office.works.brain.wait(minutes=1)
    answer = office.works.fire(role, work, cloud=office.works.cloud, bucket="works", schedule_group=office.GROUP)
    assert answer["outcome"] == "done", answer
    return dict(answer["evidence"])


@pytest.mark.parametrize("role", [role for role in WATCHERS if role != "ceo"])
def test_a_finding_that_a_model_left_waiting_is_answered(office: Office, role: str) -> None:
    office.deploy("heartbeat")
    office.works.brain.as_role("org_page").one(
        "open_finding",
        fingerprint="odd",
        kind="odd",
        subject="heartbeat",
        level="brief",
        title="odd",
        effect="",
        evidence={},
        watcher=role,
        accused=None,
    )

    evidence = _after_a_model(office, role)

    assert evidence["duty_findings_answered"] == 1
    assert office.finding("odd")["answered_at"] is not None


def test_the_beat_is_watched_also_when_a_model_works(office: Office) -> None:
    _after_a_model(office, "scraping_manager")

    assert office.finding("stale_beat")["subject"] == "heartbeat"


def test_a_root_cause_that_a_model_forgot_is_filed(office: Office) -> None:
    for n in range(3):
        session = given_session(office.works.brain, "data_worker")
        close_session(office.works.brain, "data_worker", session, "failed", reason=f"route {n} said 503")

    evidence = _after_a_model(office, "memory_worker")

    assert evidence["duty_root_causes"] == 1
    assert office.value("SELECT payload ->> 'role' FROM company.task_queue") == "data_worker"


def test_alerts_are_sent_also_when_a_model_works(office: Office) -> None:
    assert _after_a_model(office, "schedule_auditor")["alerts_sent"] == 0
