"""Many schedules that stop for one cause are one alarm with a line for each, one answer and one question."""

import pytest

from company.watch.ledger import fill_ledger
from tests.functions.office import Office
from tests.support.acts import close_session, session_of
from tests.support.staff import staff

ALL = tuple(role for role, record in sorted(staff().items()) if record.schedule)
MANY = tuple(role for role in ALL if role not in ("heartbeat", "schedule_auditor", "ceo"))
OPEN = "SELECT * FROM company.findings WHERE closed_at IS NULL ORDER BY id"


@pytest.fixture
def whole(office: Office) -> Office:
    """Every schedule of the company deployed, and a first beat."""
    office.deploy(*ALL)
    office.run("heartbeat")
    return office


def switch(office: Office, roles: tuple[str, ...], state: str) -> None:
    scheduler = office.works.cloud.client("scheduler")
    kept = ("ScheduleExpression", "ScheduleExpressionTimezone", "FlexibleTimeWindow", "Target")
    for role in roles:
        found = {name: office.deployed(role)[name] for name in kept}
        scheduler.update_schedule(GroupName=office.GROUP, Name=role, State=state, **found)


def test_thirty_muted_schedules_are_one_alarm_with_thirty_lines(whole: Office) -> None:
    switch(whole, MANY, "DISABLED")

    beat = whole.run("heartbeat")

    [finding] = whole.rows(OPEN)
    assert len(finding["evidence"]) == len(MANY) >= 30
    assert finding["title"].startswith(f"{len(MANY)} schedules are DISABLED")
    assert (finding["level"], finding["watcher"], beat["evidence"]["woken"]) == ("ring", "schedule_auditor", 1)


def test_one_question_is_asked_for_all_and_one_yes_switches_all_on(whole: Office) -> None:
    switch(whole, MANY, "DISABLED")
    whole.run("heartbeat")
    whole.run("schedule_auditor")
    whole.run("ceo")
    asked = whole.rows("SELECT * FROM company.decisions")

    whole.answer("yes")
    whole.run("ceo")

    assert [set(row["subject"]["schedules"]) for row in asked] == [set(MANY)]
    assert "and 28 others" in asked[0]["question"]
    assert {whole.deployed(role)["State"] for role in MANY} == {"ENABLED"}
    assert whole.rows(OPEN) == []


def test_a_few_are_reported_each_to_its_own_watcher(whole: Office) -> None:
    switch(whole, ("check", "link", "deliver"), "DISABLED")

    whole.run("heartbeat")

    assert [row["fingerprint"] for row in whole.rows(OPEN)] == ["muted:check", "muted:deliver", "muted:link"]


def test_what_fails_later_adds_a_line_and_the_single_findings_are_merged(whole: Office) -> None:
    switch(whole, ("check", "link"), "DISABLED")
    whole.run("heartbeat")
    switch(whole, ("deliver", "publish"), "DISABLED")
    whole.run("heartbeat")
    switch(whole, ("score",), "DISABLED")
    whole.run("heartbeat")

    [finding] = whole.rows(OPEN)
    assert sorted(finding["evidence"]) == ["check", "deliver", "link", "publish", "score"]
    assert (finding["level"], finding["title"][:11]) == ("today", "5 schedules")


def test_an_alarm_of_many_ends_when_the_last_of_them_is_right_again(whole: Office) -> None:
    switch(whole, ("check", "link", "deliver", "publish"), "DISABLED")
    whole.run("heartbeat")
    switch(whole, ("check", "link", "deliver"), "ENABLED")
    whole.run("heartbeat")
    still_open = len(whole.rows(OPEN))
    switch(whole, ("publish",), "ENABLED")
    whole.run("heartbeat")

    assert (still_open, whole.rows(OPEN)) == (1, [])


def test_missed_slots_of_enabled_schedules_are_one_alarm_too_with_their_duration(whole: Office) -> None:
    brain = whole.works.brain
    for role in ("check", "promote"):
        close_session(brain, role, session_of(brain, role, schedule="by-hand-" + role))
    whole.run("heartbeat", hours=1)
    whole.run("heartbeat", hours=3)
    [missed] = [row for row in whole.rows(OPEN) if row["fingerprint"] == "many:missed"]
    for role in missed["evidence"]:
        brain.wait(seconds=1)
        close_session(brain, role, session_of(brain, role))

    whole.run("heartbeat")

    [closed] = whole.rows("SELECT * FROM company.findings WHERE id = %(id)s", id=missed["id"])
    assert "worked again after" in closed["resolution"]


def test_schedules_that_somebody_deleted_are_reported_when_no_deploy_explains_it(whole: Office) -> None:
    whole.works.cloud.client("scheduler").delete_schedule(GroupName=whole.GROUP, Name="check")
    whole.run("heartbeat")
    in_a_deploy = whole.rows(OPEN)

    whole.run("heartbeat", minutes=16)

    assert in_a_deploy == []
    [finding] = whole.rows("SELECT * FROM company.findings WHERE fingerprint = 'gone:check'")
    assert (finding["watcher"], finding["kind"]) == (staff()["check"].watched_by, "gone")


def test_unexpected_fires_that_came_no_more_for_an_hour_are_over(office: Office) -> None:
    office.deploy("heartbeat", "data_worker")
    office.run("heartbeat")
    brain = office.works.brain
    brain.wait(minutes=20)
    close_session(brain, "data_worker", session_of(brain, "data_worker", due_at=brain.now()))
    office.run("heartbeat")
    opened = office.finding("unexpected")

    still = [office.run("heartbeat", minutes=25) and office.finding("unexpected")["closed_at"] for _ in range(2)]
    office.run("heartbeat", minutes=25)

    assert (opened["closed_at"], still) == (None, [None, None])
    assert "only when it was due" in office.finding("unexpected")["resolution"]


def test_a_new_company_is_not_alarmed_before_it_was_deployed(office: Office) -> None:
    office.deploy("heartbeat")

    office.run("heartbeat")

    assert office.rows(OPEN) == []
    assert fill_ledger(office.works.brain.as_role("heartbeat"), office.works.brain.now()) == 0
