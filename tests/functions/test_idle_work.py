"""heartbeat ends what nobody does, sends mail on, and raises what waits too long for somebody."""

from tests.functions.mistakes import fail, work_well
from tests.functions.office import Office
from tests.pipeline.works import kev, kev_entry, kev_of
from tests.support.acts import claim, close_task, file_task, send_message, session_of, sort_task

OVERDUE = """
SELECT subject, watcher, closed_at, effect, evidence FROM company.findings WHERE kind = 'overdue_work' ORDER BY subject
"""
NAMED = "SELECT times_seen, title, evidence -> 'tasks' AS tasks FROM company.findings WHERE kind = 'overdue_work'"
LOOKED = {"checked": "the schedule", "showed": "DISABLED"}


def _blocked(office: Office, on: str) -> int:
    brain = office.works.brain
    task = file_task(brain)
    brain.wait(minutes=1)
    session = session_of(brain, "data_worker", request_id=f"blocking-{task}")
    assert claim(brain, "data_worker", session) == task
    close_task(brain, "data_worker", task, session, "blocked", blocked_on=on, blocked_action="say which one")
    return task


def test_blocked_work_is_raised_when_it_is_overdue_and_over_when_it_moves(office: Office) -> None:
    task, of_owner = _blocked(office, "data_manager"), _blocked(office, "owner")
    office.run("heartbeat", hours=70)
    early = office.rows(OVERDUE)
    office.run("heartbeat", hours=4)
    raised = office.rows(OVERDUE)
    sort_task(office.works.brain, "data_manager", task, "stale")
    office.run("heartbeat")

    assert early == []
    assert [(row["subject"], row["watcher"]) for row in raised] == [
        ("work that waits for data_manager", "data_manager"),
        ("work that waits for owner", "ceo"),
    ]
    assert raised[0]["evidence"]["needs"] == "say which one"
    assert raised[0]["effect"] == "nobody does it; it needs this: say which one"
    assert [row["closed_at"] is None for row in office.rows(OVERDUE)] == [False, True]
    assert of_owner != task


def test_what_is_overdue_is_told_once_an_hour_and_at_once_where_it_is_other_work(office: Office) -> None:
    task = _blocked(office, "data_manager")
    told = list[tuple[int, list[int]]]()
    office.run("heartbeat", hours=73)
    for minutes in (10, 10, 55):
        office.run("heartbeat", minutes=minutes)
        [found] = office.rows(NAMED)
        told.append((found["times_seen"], found["tasks"]))

    second = _blocked(office, "data_manager")
    office.run("heartbeat", hours=72, minutes=1)
    [found] = office.rows(NAMED)
    [raised] = office.rows(OVERDUE)

    assert told == [(1, [task]), (1, [task]), (2, [task])]
    assert found["tasks"] == [task, second]
    assert raised["effect"] == "nobody does them; the oldest needs this: say which one"
    assert found["title"].startswith(f"2 tasks waited for data_manager for three days: T-{task}, T-{second}")


def test_rows_that_wait_for_an_edition_are_overdue_only_when_one_came(office: Office) -> None:
    office.works.take_in("kev", kev(*map(kev_entry, range(9)), kev_entry(10, cveID="CVE-25-10")))
    office.run("data_manager")
    office.run("data_worker")
    office.run("heartbeat", hours=80)
    without = office.rows(OVERDUE)
    office.works.take_in("kev", kev_of(9, at="2026-03-14T08:00:00Z"), at="2026-03-14T08:00:00Z")
    office.run("heartbeat", hours=71)
    early = office.rows(OVERDUE)
    office.run("heartbeat", hours=2)

    assert (without, early) == ([], [])
    assert [row["watcher"] for row in office.rows(OVERDUE)] == ["data_manager"]


def test_a_beat_ends_what_nobody_does_and_sends_mail_on(office: Office) -> None:
    brain = office.works.brain
    task = file_task(brain)
    send_message(brain, "data_auditor", "data_manager", "escalation", evidence=LOOKED)
    brain.admin.execute(
        "UPDATE company.roster SET left_at = company.now() WHERE role IN ('data_worker', 'data_manager')"
    )

    beat = office.run("heartbeat", days=2)["evidence"]

    assert (beat["stale_tasks"], beat["mail_sent_on"]) == (1, 1)
    said = office.rows("SELECT body FROM company.session_log WHERE kind IN ('stale', 'sent_on') ORDER BY id")
    assert [row["body"].split(":")[0] for row in said] == [
        f"task {task} is stale",
        "message 1 waited for data_manager, who is not here, and goes to ceo",
    ]


def _blocked_on_a_cause(office: Office) -> None:
    """A mistake of data_worker made three times, whose cause the book cannot find."""
    fail(office, 3)
    office.run("memory_worker")
    assert office.run("build_worker")["evidence"]["blocked"] == 1


def test_the_task_for_a_cause_is_overdue_three_days_after_its_manager_could_end_it(office: Office) -> None:
    """A role that works once a day has no three fires before the third day is over."""
    _blocked_on_a_cause(office)
    work_well(office, 2)
    office.run("heartbeat", hours=80)
    few = office.rows(OVERDUE)
    work_well(office, 1)
    office.run("heartbeat", hours=71)
    early = office.rows(OVERDUE)
    office.run("heartbeat", hours=2)

    assert (few, early) == ([], [])
    [raised] = office.rows(OVERDUE)
    assert raised["watcher"] == "build_manager" and "look into it by hand" in raised["effect"]


def test_the_task_for_a_cause_of_what_comes_back_is_overdue_since_it_waits(office: Office) -> None:
    _blocked_on_a_cause(office)
    office.works.brain.wait(hours=2)
    fail(office, 1)
    office.run("memory_worker")
    office.run("heartbeat", hours=71)

    assert [row["watcher"] for row in office.rows(OVERDUE)] == ["build_manager"]
