"""A finding about many schedules follows the present: what joins it is news, and what is well again leaves it."""

from typing import Any

import pytest

from heartbeat.waking import MOST_A_DAY
from tests.functions.office import Office
from tests.functions.test_findings import ALL, MANY, switch

FOUR = ("check", "deliver", "link", "publish")
WAKES = "SELECT count(*) FROM company.slots WHERE is_wake AND role = 'schedule_auditor'"


@pytest.fixture
def four(office: Office) -> Office:
    """Four schedules are switched off at once, and their watcher has answered."""
    office.deploy(*ALL)
    office.run("heartbeat")
    switch(office, FOUR, "DISABLED")
    office.run("heartbeat")
    office.take_wakes()
    office.run("schedule_auditor", minutes=2)
    return office


def many(office: Office) -> dict[str, Any]:
    return office.finding("muted")


def test_what_joins_an_answered_finding_wakes_its_watcher_and_is_answered(four: Office) -> None:
    answered = many(four)
    switch(four, ("score",), "DISABLED")

    four.run("heartbeat")
    waits = many(four)
    woken = four.take_wakes()
    four.run("schedule_auditor", minutes=2)

    assert (answered["answered_by"], waits["answered_by"]) == ("schedule_auditor", None)
    assert f"wake-schedule_auditor-{waits['id']}-2" in woken
    assert waits["title"].startswith("5 schedules are DISABLED")
    assert (many(four)["answered_by"], many(four)["escalated"]) == ("schedule_auditor", 0)


def test_the_same_seen_again_wakes_nobody_anew(four: Office) -> None:
    for _ in range(20):
        four.run("heartbeat", minutes=60)

    assert (many(four)["wakes"], many(four)["answered_by"]) == (1, "schedule_auditor")


def test_what_is_well_again_leaves_it_and_is_news_when_it_goes_wrong_again(four: Office) -> None:
    switch(four, ("check", "deliver", "link"), "ENABLED")
    four.run("heartbeat")
    left = many(four)
    switch(four, ("check",), "DISABLED")
    beat = four.run("heartbeat")
    back = many(four)
    switch(four, ("check", "publish"), "ENABLED")
    four.run("heartbeat")

    assert (sorted(left["evidence"]), left["answered_by"]) == (["publish"], "schedule_auditor")
    assert left["title"] == "publish's schedule is DISABLED in EventBridge, not by its record"
    assert (back["id"], sorted(back["evidence"])) == (left["id"], ["check", "publish"])
    assert back["title"].endswith(": check, publish")
    assert (back["answered_at"], beat["evidence"]["woken"]) == (None, 1)
    assert many(four)["resolution"] == "all 4 deployed as published again"


def test_the_owners_mute_of_four_is_no_mute_of_a_fifth(four: Office) -> None:
    brain = four.works.brain
    brain.owner.run("mute_finding", finding_id=many(four)["id"], until=brain.now().replace(month=12))
    for _ in range(3):
        four.run("heartbeat", minutes=60)
    quiet = many(four)
    switch(four, ("score",), "DISABLED")

    four.run("heartbeat", minutes=5)

    assert (quiet["muted_until"] is not None, quiet["wakes"]) == (True, 1)
    assert (many(four)["muted_until"], many(four)["wakes"]) == (None, 2)
    assert four.rows("SELECT 1 FROM company.session_log WHERE kind = 'joined' AND body = 'it is about score too'")


def test_a_further_schedule_that_misses_is_news_and_another_miss_of_the_same_is_not(office: Office) -> None:
    hourly, late = ("check", "link", "data_worker", "promote"), "data_manager"
    office.deploy("heartbeat", "schedule_auditor", late, *hourly)
    office.run("heartbeat")
    seen = []
    for hours in (3, 1, 12):
        office.run("heartbeat", hours=hours)
        seen.append(office.finding("missed"))
        office.run("schedule_auditor", minutes=2)

    first, again, later = seen
    assert first["fingerprint"] == "many:missed" and late not in first["evidence"]
    assert again["times_seen"] > first["times_seen"] and again["answered_by"] == "schedule_auditor"
    assert late in later["evidence"]
    assert (later["id"], later["answered_by"], later["wakes"]) == (first["id"], None, 2)


def test_growth_at_each_beat_wakes_within_the_days_limit_and_an_answer_stays_due(four: Office) -> None:
    """Whom nobody answers is escalated all the same: growth gives a watcher who was woken no more time."""
    for role in sorted(set(MANY) - set(FOUR)):
        switch(four, (role,), "DISABLED")
        four.run("heartbeat", minutes=5)
        four.take_wakes()

    assert four.value(WAKES) <= MOST_A_DAY
    assert (many(four)["wakes"], many(four)["escalated"]) == (2, 2)
    assert len(many(four)["evidence"]) == len(MANY)


def test_a_watcher_who_answers_each_growth_is_woken_within_the_days_limit(four: Office) -> None:
    for role in sorted(set(MANY) - set(FOUR)):
        switch(four, (role,), "DISABLED")
        four.run("heartbeat", minutes=3)
        four.take_wakes()
        four.works.brain.owner.run("answer_finding", finding_id=many(four)["id"], answer="I know of it.")

    assert 20 < four.value(WAKES) <= MOST_A_DAY
