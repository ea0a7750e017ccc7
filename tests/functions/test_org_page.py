"""org_page: draws who is responsible for what, and reports what nobody is responsible for."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support import days
from tests.support.brains import TestBrain
from tests.support.fires import Fires
from watchbill.cloud.aws import LocalAws

BUCKET = "company"
Break = Callable[[TestBrain], object]


@pytest.fixture
def on_aws(cloud: LocalAws) -> Iterator[dict[str, Any]]:
    cloud.client("s3").create_bucket(Bucket=BUCKET)
    yield {"cloud": cloud, "bucket": BUCKET}


def caught(brain: TestBrain) -> dict[str, list[str]]:
    """Each check that caught somebody, with whom."""
    return {
        row["check_name"]: [one["subject"] for one in row["caught"]]
        for row in brain.owner.all("orphans")
        if row["caught"]
    }


def test_a_company_without_faults_has_no_orphans(brain: TestBrain, fire: Fires, on_aws: dict[str, Any]) -> None:
    days.everybody_deployed(brain)
    brain.wait(minutes=5)

    result = fire("org_page", **on_aws)

    assert result["evidence"]["orphans"] == 0
    assert result["evidence"]["checks"] == 19


def sql(statement: str) -> Break:
    return lambda brain: days.write(brain, statement)


def _abandon(brain: TestBrain, mode: str, title: str) -> None:
    """A task of a mode that nobody works any more."""
    days.write(brain, TASK + ") VALUES (%(mode)s, %(title)s, 'scraping_worker')", mode=mode, title=title)
    days.write(brain, ROSTER + "modes = '{}' WHERE %(mode)s = ANY (modes)", mode=mode)


ROSTER = "UPDATE company.roster SET "
SCHEDULE = "UPDATE company.schedules SET "
TASK = "INSERT INTO company.task_queue (mode, title, created_by"
FAULTS: list[tuple[str, str, Break]] = [
    ("removed manager", "scrape_epss", sql(ROSTER + "left_at = company.now() WHERE role = 'scraping_manager'")),
    ("paused manager", "check", sql(ROSTER + "is_paused = true WHERE role = 'data_manager'")),
    ("absent watcher", "check", sql(ROSTER + "left_at = company.now() WHERE role = 'data_auditor'")),
    ("role without function", "score", sql("DELETE FROM company.schedules WHERE role = 'score'")),
    ("function without role", "stray", sql(SCHEDULE + "schedule = 'stray', role = 'nobody' WHERE role = 'link'")),
    ("fires who left", "link", sql(ROSTER + "left_at = company.now() WHERE role = 'link'")),
    ("deployed, not published", "link", sql(ROSTER + "schedule_expression = NULL WHERE role = 'link'")),
    ("not in the ledger", "link", sql("UPDATE company.schedules SET filled_until = NULL WHERE schedule = 'link'")),
    ("task nobody works", "build", lambda brain: _abandon(brain, "build", "fix it")),
    ("mode without worker", "build_manager build", sql(ROSTER + "modes = '{}' WHERE role = 'build_worker'")),
    ("mode without manager", "build_worker build", sql(ROSTER + "modes = '{}' WHERE role = 'build_manager'")),
    (
        "task blocked on nobody",
        "task 1",
        sql(TASK + ", status, blocked_on, blocked_action) VALUES ('data', 'x', 'ceo', 'blocked', 'gone', 'look')"),
    ),
    ("finding nobody answers", "F-1", lambda brain: days.finding(brain, "odd", "x", "odd", "gone")),
    ("ring of watchers", "data_manager", sql(ROSTER + "watched_by = 'data_auditor' WHERE role = 'data_manager'")),
    ("no failure queue", "link", sql(SCHEDULE + "failure_queue = NULL WHERE role = 'link'")),
    ("unreadable schedule", "link", sql(SCHEDULE + "unreadable = 'no such day' WHERE role = 'link'")),
]


@pytest.mark.parametrize(("check", "subject", "breaks"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_each_check_catches_its_fault(brain: TestBrain, check: str, subject: str, breaks: Break) -> None:
    days.everybody_deployed(brain)
    brain.wait(minutes=5)

    breaks(brain)

    assert subject in caught(brain)[check]


@pytest.mark.parametrize("seen", ["ENABLED", "DISABLED"], ids=["before a beat", "after a beat"])
def test_a_resumed_role_is_no_orphan_until_a_beat_should_have_expected_it(brain: TestBrain, seen: str) -> None:
    days.everybody_deployed(brain)
    brain.wait(minutes=5)
    brain.owner.run("pause_role", role="link", rests=True, why="rest")
    days.write(brain, SCHEDULE + "state = %(seen)s WHERE role = 'link'", seen=seen)
    brain.wait(minutes=5)
    brain.owner.run("pause_role", role="link", rests=False, why="")
    brain.wait(minutes=4)

    assert (caught(brain), brain.owner.all("differing_schedules")) == ({}, [])

    brain.wait(minutes=15)

    assert (caught(brain) == {"not in the ledger": ["link"]}) == (seen == "ENABLED")
    assert [row["role"] for row in brain.owner.all("differing_schedules")] == ["link"] * (seen == "DISABLED")


def test_a_ring_of_watchers_names_only_its_members(brain: TestBrain) -> None:
    days.everybody_deployed(brain)

    days.write(brain, ROSTER + "watched_by = 'data_auditor' WHERE role = 'data_manager'")

    assert caught(brain) == {"ring of watchers": ["data_auditor", "data_manager"]}


def test_what_nobody_answers_for_becomes_one_finding_for_its_manager(
    brain: TestBrain, fire: Fires, on_aws: dict[str, Any]
) -> None:
    days.everybody_deployed(brain)
    days.write(brain, "DELETE FROM company.schedules WHERE role = 'score'")
    fire("org_page", **on_aws)
    brain.wait(hours=1)

    fire("org_page", **on_aws)

    (found,) = brain.owner.all("list_findings", only_open=True, limit=10)
    assert (found["watcher"], found["times_seen"]) == ("data_manager", 2)
    assert found["fingerprint"] == "orphan:role without function:score"


def test_a_mode_that_lost_its_worker_is_reported_in_one_sentence(
    brain: TestBrain, fire: Fires, on_aws: dict[str, Any]
) -> None:
    days.everybody_deployed(brain)
    days.write(brain, ROSTER + "modes = '{}' WHERE role = 'build_worker'")

    fire("org_page", **on_aws)

    titles = [row["title"] for row in brain.owner.all("list_findings", only_open=True, limit=99)]
    assert "build_manager manages mode build, which no worker works" in titles


def test_the_ceo_is_responsible_where_no_manager_works(brain: TestBrain, fire: Fires, on_aws: dict[str, Any]) -> None:
    days.everybody_deployed(brain)
    days.write(brain, ROSTER + "is_paused = true WHERE role = 'data_manager'")
    days.write(brain, "UPDATE company.schedules SET failure_queue = NULL WHERE role = 'score'")

    fire("org_page", **on_aws)

    found = brain.owner.all("list_findings", only_open=True, limit=99)
    assert {row["watcher"] for row in found if row["subject"] == "score"} == {"ceo"}


def test_a_finding_closes_when_somebody_answers_for_it_again(
    brain: TestBrain, fire: Fires, on_aws: dict[str, Any]
) -> None:
    days.everybody_deployed(brain)
    days.write(brain, "UPDATE company.schedules SET gone_at = company.now() WHERE role = 'score'")
    fire("org_page", **on_aws)
    days.write(brain, "UPDATE company.schedules SET gone_at = NULL")
    brain.wait(minutes=5)

    fire("org_page", **on_aws)

    assert brain.owner.all("list_findings", only_open=True, limit=10) == []


def test_the_page_in_the_bucket_is_one_list_with_states_as_text(
    brain: TestBrain, fire: Fires, cloud: LocalAws, on_aws: dict[str, Any]
) -> None:
    days.a_bad_day(brain)
    days.write(brain, "UPDATE company.schedules SET state = 'DISABLED' WHERE role = 'data_auditor'")

    fire("org_page", **on_aws)

    page = cloud.client("s3").get_object(Bucket=BUCKET, Key="pages/org.html")["Body"].read().decode()
    assert page.count('<ul class="tree">') == 1
    assert page.count("<ul") == page.count("</ul>")
    assert "<dt>state</dt><dd>muted</dd>" in page
    assert page.index("ORPHANS 0 (19 checks)") < page.index("NEEDS A LOOK") < page.index("THE COMPANY")


def test_a_fire_of_another_day_has_its_day(
    brain: TestBrain, fire: Fires, cloud: LocalAws, on_aws: dict[str, Any]
) -> None:
    days.a_bad_day(brain)
    brain.wait(days=1)

    fire("org_page", **on_aws)

    page = cloud.client("s3").get_object(Bucket=BUCKET, Key="pages/org.html")["Body"].read().decode()
    assert re.search(r"<dt>last fire</dt><dd>(Wed|Thu) \d\d:\d\d ok</dd>", page)


def test_the_slots_of_the_last_day_are_drawn_beside_it(
    brain: TestBrain, fire: Fires, cloud: LocalAws, on_aws: dict[str, Any]
) -> None:
    days.a_bad_day(brain)

    result = fire("org_page", **on_aws)

    page = cloud.client("s3").get_object(Bucket=BUCKET, Key="pages/slots.html")["Body"].read().decode()
    assert "26 slots due = 1 missed" in page
    assert (result["evidence"]["schedules"], result["evidence"]["slots"]) == (3, 26)
