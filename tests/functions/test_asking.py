"""The owner is asked about every schedule that is off, about each once, and about none that is on again."""

from typing import Any

import pytest

from tests.functions.office import Office
from tests.functions.test_findings import ALL, switch

FOUR = ("check", "deliver", "link", "publish")
ASKED = "SELECT id, answered_at, subject -> 'schedules' AS schedules FROM company.decisions ORDER BY id"


@pytest.fixture
def asked(office: Office) -> Office:
    """The ceo has asked about four schedules that were switched off at once."""
    office.deploy(*ALL)
    office.run("heartbeat")
    switch(office, FOUR, "DISABLED")
    for role in ("heartbeat", "schedule_auditor", "ceo"):
        office.run(role)
    return office


def questions(office: Office) -> list[list[str]]:
    return [sorted(row["schedules"] or []) for row in office.rows(ASKED)]


def off(office: Office) -> set[str]:
    return {role for role in ALL if office.deployed(role)["State"] == "DISABLED"}


def beat_and_ask(office: Office, **later: Any) -> None:
    office.run("heartbeat", **later)
    office.run("schedule_auditor")
    office.run("ceo")


def test_what_joins_while_the_owner_is_asked_is_a_question_of_its_own(asked: Office) -> None:
    switch(asked, ("score", "promote"), "DISABLED")
    beat_and_ask(asked)
    asked.run("ceo")

    assert questions(asked) == [list(FOUR), ["promote", "score"]]


def test_a_yes_about_four_leaves_the_finding_open_for_the_others(asked: Office) -> None:
    switch(asked, ("score", "promote"), "DISABLED")
    beat_and_ask(asked)
    asked.works.brain.owner.run("answer_decision", decision_id=1, option="yes", words=None)
    asked.run("ceo")
    open_still, left = asked.finding("muted"), off(asked)
    asked.works.brain.owner.run("answer_decision", decision_id=2, option="yes", words=None)
    asked.run("ceo")

    assert (open_still["closed_at"], left) == (None, {"score", "promote"})
    assert (off(asked), questions(asked)) == (set(), [list(FOUR), ["promote", "score"]])


def test_a_no_is_not_asked_again_because_one_of_them_is_on_and_a_later_mute_is(asked: Office) -> None:
    asked.answer("no")
    asked.run("ceo")
    switch(asked, ("check",), "ENABLED")
    beat_and_ask(asked, hours=1)
    after_the_no = questions(asked)
    switch(asked, ("check",), "DISABLED")
    beat_and_ask(asked, hours=1)
    one = asked.value("SELECT subject ->> 'schedule' FROM company.decisions WHERE id = 2")

    assert (after_the_no, one) == ([list(FOUR)], "check")


def test_the_others_are_asked_about_where_the_first_is_on_and_heartbeat_has_not_seen_it(office: Office) -> None:
    office.deploy(*ALL)
    office.run("heartbeat")
    switch(office, FOUR, "DISABLED")
    office.run("heartbeat")
    switch(office, FOUR[:2], "ENABLED")

    office.run("ceo")

    assert questions(office) == [["link", "publish"]]


def test_nothing_is_asked_where_all_are_on_again(office: Office) -> None:
    office.deploy(*ALL)
    office.run("heartbeat")
    switch(office, FOUR, "DISABLED")
    office.run("heartbeat")
    switch(office, FOUR, "ENABLED")

    office.run("ceo")

    assert questions(office) == []
