"""A finding has one open row, is answered by its watcher, and is never closed by the role that it is about."""

from datetime import timedelta

import pytest

from tests.support.acts import open_finding
from tests.support.brains import TestBrain
from tests.support.refusals import NO_RIGHT, refused


def answer(brain: TestBrain, role: str, finding: int, text: str = "looked; the feed is late") -> None:
    brain.as_role(role).run("answer_finding", finding_id=finding, answer=text)


def close(brain: TestBrain, role: str, finding: int, text: str = "the feed is back") -> bool:
    return bool(brain.as_role(role).value("close_finding", finding_id=finding, resolution=text))


def test_a_role_does_not_close_a_finding_about_itself(brain: TestBrain) -> None:
    finding = open_finding(brain, "data_manager", accused="data_manager", watcher="ceo")

    with refused("findings_are_not_closed_by_the_accused"):
        close(brain, "data_manager", finding)


def test_a_role_does_not_answer_a_finding_about_itself_for_its_watcher(brain: TestBrain) -> None:
    finding = open_finding(brain, accused="data_manager", watcher="data_worker")

    with refused("findings_are_not_answered_by_the_accused"):
        answer(brain, "data_manager", finding)


@pytest.mark.parametrize("role", ["data_worker", "scraping_manager", "check"])
def test_a_finding_is_answered_by_its_watcher_or_whom_the_watcher_reports_to(brain: TestBrain, role: str) -> None:
    finding = open_finding(brain, watcher="data_manager")

    with refused("a_finding_is_answered_by_its_watcher"):
        answer(brain, role, finding)


def test_an_answer_bears_the_name_of_who_gave_it_and_the_time_of_the_first(brain: TestBrain) -> None:
    finding = open_finding(brain, watcher="data_manager")
    answer(brain, "ceo", finding, "it is not well")
    first = brain.now()
    brain.wait(hours=1)
    answer(brain, "data_manager", finding, "all is well")

    [row] = brain.as_role("data_manager").all("my_findings")
    assert (row["answered_by"], row["answer"], row["answered_at"]) == ("data_manager", "all is well", first)


@pytest.mark.parametrize("role", ["data_worker", "scraping_manager", "check"])
def test_a_finding_is_closed_by_finder_watcher_ceo_or_owner(brain: TestBrain, role: str) -> None:
    finding = open_finding(brain, "data_auditor", watcher="data_manager")

    with refused("a_finding_is_closed_by_finder_watcher_ceo_or_owner"):
        close(brain, role, finding)


@pytest.mark.parametrize("role", ["data_auditor", "data_manager", "ceo", "owner"])
def test_the_finder_the_watcher_and_the_ceo_may_close_it(brain: TestBrain, role: str) -> None:
    finding = open_finding(brain, "data_auditor", watcher="data_manager")

    assert close(brain, role, finding) is True
    assert close(brain, role, finding) is False


def test_a_finding_seen_again_is_the_same_finding(brain: TestBrain) -> None:
    first = open_finding(brain, "data_auditor", evidence={"age": 30})

    again = open_finding(brain, "data_auditor", evidence={"limit": 29})

    [row] = brain.as_role("data_manager").all("my_findings")
    assert (again, row["times_seen"], row["evidence"]) == (first, 2, {"age": 30, "limit": 29})


def test_a_finding_that_was_closed_opens_anew(brain: TestBrain) -> None:
    first = open_finding(brain)
    close(brain, "data_manager", first)

    assert open_finding(brain) != first


def test_a_worker_reports_to_its_manager_instead_of_opening_findings(brain: TestBrain) -> None:
    with refused("findings_come_from_who_checks"):
        open_finding(brain, "data_worker")


@pytest.mark.parametrize(
    ("role", "fingerprint", "names"),
    [
        ("data_auditor", "many:missed", ["check"]),
        ("scraping_manager", "many:missed", ["check"]),
        ("data_manager", "many:missed", ["check", "link"]),
        ("data_manager", "missed:check", ["check"]),
    ],
)
def test_only_who_may_close_a_finding_of_many_takes_from_it_what_is_well(
    brain: TestBrain, role: str, fingerprint: str, names: list[str]
) -> None:
    finding = open_finding(brain, "heartbeat", fingerprint=fingerprint, evidence={"check": "a", "link": "b"})

    with refused("only_who_may_close_it_shortens_a_finding_of_many"):
        brain.as_role(role).run("leave_finding", finding_id=finding, schedules=names, title="all is well")


@pytest.mark.parametrize("text", ["", "  "])
def test_an_answer_and_a_resolution_are_not_empty(brain: TestBrain, text: str) -> None:
    finding = open_finding(brain)

    with refused("an_answer_names_who_and_what"):
        answer(brain, "data_manager", finding, text)
    with refused("a_closed_finding_says_how"):
        close(brain, "data_manager", finding, text)


def test_a_closed_finding_is_neither_answered_nor_muted(brain: TestBrain) -> None:
    finding = open_finding(brain)
    close(brain, "data_manager", finding)

    with refused("one_answers_only_an_open_finding"):
        answer(brain, "data_manager", finding)
    with refused("one_mutes_only_an_open_finding"):
        brain.owner.run("mute_finding", finding_id=finding, until=brain.now() + timedelta(hours=1))


@pytest.mark.parametrize("span", [None, timedelta(0), timedelta(days=-200), timedelta(days=367)])
def test_no_finding_is_muted_until_a_time_that_is_over_or_for_good(brain: TestBrain, span: timedelta | None) -> None:
    finding = open_finding(brain)

    with refused("a_finding_is_muted_for_a_year_at_most"):
        brain.owner.run("mute_finding", finding_id=finding, until=brain.now() + span if span is not None else None)


@pytest.mark.parametrize("role", ["data_manager", "ceo", "data_auditor"])
def test_only_the_owner_mutes_a_finding(brain: TestBrain, role: str) -> None:
    finding = open_finding(brain)

    with refused("only_the_owner_mutes_a_finding"):
        brain.as_role(role).run("mute_finding", finding_id=finding, until=brain.now())


@pytest.mark.parametrize("role", ["data_manager", "ceo", "data_auditor", "scrape_kev"])
def test_only_the_planter_and_the_owner_plant_faults(brain: TestBrain, role: str) -> None:
    with refused(NO_RIGHT):
        brain.as_role(role).run("plant", fault="stale", subject="a_feed", note="")


def test_a_finding_about_a_planted_fault_says_so(brain: TestBrain) -> None:
    brain.owner.run("plant", fault="stale", subject="a_feed", note="for the drill")

    open_finding(brain, subject="a_feed")

    [row] = brain.owner.all("owners_findings", only_open=True, limit=1)
    assert row["planted"] is True


def test_a_limit_cuts_off_old_and_light_findings_never_the_newest_grave_one(brain: TestBrain) -> None:
    for number in range(5):
        open_finding(brain, fingerprint=f"old:{number}", level="brief")
    newest = open_finding(brain, fingerprint="new", level="today")

    rows = brain.owner.all("list_findings", only_open=True, limit=2)

    assert rows[0]["id"] == newest
    assert rows[1]["fingerprint"] == "old:4"
