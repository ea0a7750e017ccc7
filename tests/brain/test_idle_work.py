"""What nobody will do ends with the reason, and what waits for somebody who is not here goes to who is."""

from datetime import timedelta
from typing import Any

from tests.support.acts import (
    claim,
    close_session,
    close_task,
    file_task,
    held_task,
    send_message,
    session_of,
    sort_task,
    task_row,
)
from tests.support.brains import MORNING, TestBrain
from tests.support.refusals import NO_RIGHT, refused

LOOKED = {"checked": "the schedule", "showed": "DISABLED"}
THERE = "SELECT company.who_is_there(%(who)s) AS reads"


def _left(brain: TestBrain, *roles: str) -> None:
    brain.admin.execute("UPDATE company.roster SET left_at = company.now() WHERE role = ANY (%s)", (list(roles),))


def _pause(brain: TestBrain, role: str) -> None:
    brain.sql("owner", "SELECT company.pause_role(%(who)s, true, 'rest')", who=role)


def _ended(brain: TestBrain) -> list[dict[str, Any]]:
    return brain.as_role("heartbeat").all("end_work_nobody_does")


def _mail(brain: TestBrain, message: int) -> dict[str, Any]:
    return brain.sql("owner", "SELECT * FROM company.inbox WHERE id = %(id)s", id=message)[0]


def test_a_task_of_a_mode_that_nobody_works_is_stale_after_a_day(brain: TestBrain) -> None:
    task, other = file_task(brain), file_task(brain, mode="scrape", role="scraping_manager")
    _left(brain, "data_worker")
    brain.wait(hours=23)
    early = _ended(brain)
    brain.wait(hours=2)

    [ended] = _ended(brain)

    assert (early, ended["task_id"], ended["reason"]) == ([], task, "nobody here works data")
    row = task_row(brain, task)
    assert (row["status"], row["result"]["reason"], row["closed_at"]) == ("stale", ended["reason"], brain.now())
    assert task_row(brain, other)["status"] == "pending"


def test_a_task_that_nobody_took_in_two_weeks_is_stale_and_one_put_off_waits(brain: TestBrain) -> None:
    task = file_task(brain)
    put_off = file_task(brain, not_before=brain.now().replace(day=20))
    brain.wait(days=13)
    early = _ended(brain)
    brain.wait(days=2)

    assert (early, [row["task_id"] for row in _ended(brain)]) == ([], [task])
    assert task_row(brain, put_off)["status"] == "pending"


def test_what_somebody_holds_or_waits_for_or_gave_back_lately_is_not_ended(brain: TestBrain) -> None:
    held, session = held_task(brain, title="held")
    for title in ("blocked", "given back"):
        file_task(brain, title=title)
    blocked = claim(brain, "data_worker", session) or 0
    close_task(brain, "data_worker", blocked, session, "blocked", blocked_on="owner", blocked_action="say yes")
    given_back = claim(brain, "data_worker", session) or 0
    brain.set_now(brain.now())
    close_task(brain, "data_worker", given_back, session, "pending")
    brain.wait(days=13)

    assert _ended(brain) == []
    assert [task_row(brain, task)["status"] for task in (held, blocked)] == ["in_progress", "blocked"]


def test_a_task_that_is_given_back_again_and_again_ends_after_two_weeks(brain: TestBrain) -> None:
    task = file_task(brain)
    for _ in range(20):
        brain.wait(hours=17)
        session = session_of(brain, "data_worker")
        assert claim(brain, "data_worker", session) == task
        close_task(brain, "data_worker", task, session, "pending")
        early = _ended(brain) if brain.now() < MORNING + timedelta(days=14) else []
        assert early == []
        close_session(brain, "data_worker", session)

    [ended] = _ended(brain)

    assert (ended["task_id"], ended["reason"]) == (task, "taken 20 times in 14 days or more, and never ended")


def test_a_task_that_its_manager_opens_again_each_time_what_it_waited_for_came_goes_on(brain: TestBrain) -> None:
    task = file_task(brain)
    for _ in range(21):
        brain.wait(hours=17)
        session = session_of(brain, "data_worker")
        assert claim(brain, "data_worker", session) == task
        close_task(brain, "data_worker", task, session, "blocked", blocked_on="data_manager", blocked_action="look")
        close_session(brain, "data_worker", session)
        sort_task(brain, "data_manager", task, "pending")

    assert _ended(brain) == []


def test_a_stale_or_superseded_task_is_never_run(brain: TestBrain) -> None:
    stale, superseded = file_task(brain), file_task(brain)
    successor = file_task(brain, mode="scrape", role="scraping_manager")
    sort_task(brain, "data_manager", superseded, "superseded", successor=successor)
    brain.wait(days=15)
    _ended(brain)

    session = session_of(brain, "data_worker")

    assert claim(brain, "data_worker", session) is None
    assert [task_row(brain, task)["status"] for task in (stale, superseded)] == ["stale", "superseded"]


def test_nobody_but_heartbeat_ends_work_or_sends_mail_on(brain: TestBrain) -> None:
    for role in ("data_worker", "data_manager", "data_auditor", "ceo", "planter", "owner"):
        for act in ("end_work_nobody_does", "forward_mail"):
            with refused(NO_RIGHT):
                brain.as_role(role).run(act)


def test_an_escalation_to_somebody_who_is_paused_or_left_goes_to_their_manager(brain: TestBrain) -> None:
    _pause(brain, "data_manager")
    _left(brain, "scraping_manager")

    paused = send_message(brain, "data_auditor", "data_manager", "escalation", evidence=LOOKED)
    left = send_message(brain, "scraping_worker", "scraping_manager", "escalation", evidence=LOOKED)
    note = send_message(brain, "data_auditor", "data_manager", "note", body="4 looked at")

    assert [_mail(brain, message)["to_role"] for message in (paused, left, note)] == ["ceo", "ceo", "data_manager"]
    assert _mail(brain, paused)["evidence"] == {**LOOKED, "was_for": "data_manager"}


def test_the_same_escalation_of_a_session_stays_one_when_it_is_sent_on(brain: TestBrain) -> None:
    _pause(brain, "data_manager")
    session = session_of(brain, "data_auditor")
    sent = [
        send_message(brain, "data_auditor", "data_manager", "escalation", evidence=LOOKED, session_id=session)
        for _ in range(2)
    ]

    assert sent[0] == sent[1]


def test_mail_that_waits_is_sent_on_unread_when_its_reader_is_paused_later(brain: TestBrain) -> None:
    waiting = send_message(brain, "data_auditor", "data_manager", "escalation", evidence=LOOKED)
    answered = send_message(brain, "data_worker", "data_manager", "escalation", evidence=LOOKED)
    reader = brain.as_role("data_manager")
    reader.all("read_inbox")
    reader.run("answer_message", message_id=answered, answer="Seen.")
    before = brain.as_role("heartbeat").all("forward_mail")
    _pause(brain, "data_manager")

    [sent_on] = brain.as_role("heartbeat").all("forward_mail")

    assert before == []
    assert tuple(sent_on.values()) == (waiting, "data_manager", "ceo")
    assert [row["id"] for row in brain.as_role("ceo").all("read_inbox")] == [waiting]
    assert brain.as_role("heartbeat").all("forward_mail") == []


def test_what_waits_for_a_paused_ceo_reaches_the_owner_as_an_alert(brain: TestBrain) -> None:
    _pause(brain, "data_manager")
    _pause(brain, "ceo")

    message = send_message(brain, "data_auditor", "data_manager", "escalation", evidence=LOOKED, subject="held")

    assert _mail(brain, message)["to_role"] == "owner"
    [alert] = brain.sql("owner", "SELECT level, facts FROM company.alerts")
    assert (alert["level"], alert["facts"]["to_role"], alert["facts"]["subject"]) == ("today", "data_manager", "held")


def test_a_line_of_people_who_all_left_ends_at_the_owner(brain: TestBrain) -> None:
    _left(brain, "data_manager", "ceo")

    assert brain.sql("data_worker", THERE, who="data_manager") == [{"reads": "owner"}]
    assert brain.sql("data_worker", THERE, who="nobody") == [{"reads": None}]
