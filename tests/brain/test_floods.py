"""Whatever a role says towards a person has a budget for its day; the rest is counted, and the role is named."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from company.fire.fire import Fire
from company.outcomes import Done
from company.owner.alert_wording import body_of, subject_of
from company.owner.alerts import Alert
from tests.support.acts import close_session, file_task, open_finding, record_outbox_entry, session_of
from tests.support.brains import MORNING, TestBrain
from tests.support.fires import Fires
from tests.support.races import unfinished, wait_until_blocked
from tests.support.refusals import NO_RIGHT, refused

ASKERS = ("data_manager", "scraping_manager", "content_manager", "build_manager", "research_manager", "ceo")
FINDERS = ("data_auditor", "content_auditor", "docs_auditor", "data_manager", "ceo")
MESSAGES = [
    ("data_worker", "data_manager", "escalation", 10),
    ("data_worker", "data_manager", "note", 20),
    ("data_manager", "ceo", "escalation", 10),
    ("data_auditor", "owner", "alarm", 10),
    ("check", "owner", "alarm", 10),
    ("ceo", "owner", "note", 20),
    ("ceo", "owner", "alarm", 10),
]
CALL = {"fingerprint": "x", "kind": "x", "subject": "x", "title": "x"}
FINDING: dict[str, Any] = {**CALL, "level": "ring", "effect": "", "evidence": {}, "accused": None}
BY_HAND = (
    "UPDATE company.outputs SET taken = 0",
    "DELETE FROM company.outputs",
    "SELECT company.count_output('question', 3, 'x')",
    "SELECT company.may_say('question', 'x')",
)


def question(role: str, name: str) -> dict[str, Any]:
    return {
        "fingerprint": f"{role}:{name}",
        "question": f"Question {name} of {role}?",
        "background": "",
        "unknown": "",
        "options": {"yes": "go on", "no": "wait"},
        "recommendation": "yes",
        "default_option": "no",
        "answer_by": MORNING + timedelta(hours=1),
        "finding_id": None,
        "subject": {},
    }


def ask(brain: TestBrain, role: str, number: int) -> int | None:
    """Asks another question, and gives its number; None where it was set aside."""
    number_of_it: int | None = brain.as_role(role).value("ask_decision", **question(role, str(number)))
    return number_of_it


def ring(brain: TestBrain, role: str, number: int, level: str = "ring") -> int:
    watcher = "data_manager" if role != "data_manager" else "ceo"
    title = f"finding {number} of {role}"
    return open_finding(brain, role, fingerprint=f"{role}:{number}", title=title, level=level, watcher=watcher)


def rows(brain: TestBrain, statement: str, **values: Any) -> list[dict[str, Any]]:
    return list(brain.sql("owner", statement, **values))


def counted(brain: TestBrain, role: str, what: str) -> tuple[int, int]:
    """How many were within the budget, and how many beyond."""
    found = "SELECT taken, set_aside FROM company.outputs WHERE role = %(who)s AND what = %(what)s"
    [row] = rows(brain, found, who=role, what=what)
    return row["taken"], row["set_aside"]


def named(brain: TestBrain) -> list[tuple[str, str]]:
    """Who is named by an open finding, and who watches that finding."""
    found = rows(brain, "SELECT accused, watcher FROM company.findings WHERE kind = 'set_aside' AND closed_at IS NULL")
    return [(row["accused"], row["watcher"]) for row in found]


@pytest.mark.parametrize("role", ASKERS)
def test_25_questions_of_a_day_are_three_and_a_count(brain: TestBrain, role: str) -> None:
    asked = [ask(brain, role, number) for number in range(25)]

    assert [number is not None for number in asked] == [True] * 3 + [False] * 22
    assert counted(brain, role, "question") == (3, 22)
    assert [accused for accused, _ in named(brain)] == [role]


def test_500_questions_are_three_alerts(brain: TestBrain) -> None:
    for number in range(500):
        ask(brain, "data_manager", number)

    assert rows(brain, "SELECT count(*) FROM company.alerts") == [{"count": 3}]
    assert rows(brain, "SELECT count(*) FROM company.decisions") == [{"count": 3}]


def test_a_new_day_has_a_new_budget(brain: TestBrain) -> None:
    for number in range(4):
        ask(brain, "ceo", number)
    brain.wait(days=1)

    assert ask(brain, "ceo", 4) is not None


@pytest.mark.parametrize("role", FINDERS)
def test_beyond_its_findings_a_role_gets_the_one_that_names_it(brain: TestBrain, role: str) -> None:
    opened = [ring(brain, role, number, "today") for number in range(60)]

    assert len(set(opened)) == 31
    [about] = rows(brain, "SELECT * FROM company.findings WHERE id = %(id)s", id=opened[-1])
    assert (about["kind"], about["accused"], about["found_by"]) == ("set_aside", role, "brain")
    assert counted(brain, role, "finding") == (30, 30)
    with refused("findings_are_not_closed_by_the_accused"):
        brain.as_role(role).run("close_finding", finding_id=opened[-1], resolution="nothing")


def test_a_finding_that_is_open_is_seen_again_however_often(brain: TestBrain) -> None:
    for number in range(40):
        ring(brain, "data_auditor", number, "today")

    assert ring(brain, "data_auditor", 3, "today") == ring(brain, "data_auditor", 3, "today")
    assert counted(brain, "data_auditor", "finding") == (30, 10)


@pytest.mark.parametrize(("role", "to_role", "kind", "most"), MESSAGES)
def test_messages_of_each_kind_have_an_end(brain: TestBrain, role: str, to_role: str, kind: str, most: int) -> None:
    send = f"SELECT company.send_message('{to_role}', '{kind}', 'today', 's', 'b 1', %(e)s::jsonb, NULL, NULL, NULL) id"
    evidence = '{"checked": "ten rows", "showed": "ten odd rows"}'

    sent = [brain.sql(role, send, e=evidence)[0]["id"] for _ in range(60)]

    assert [number is not None for number in sent] == [True] * most + [False] * (60 - most)
    assert counted(brain, role, kind) == (most, 60 - most)


def test_the_note_with_which_a_fire_closes_is_never_set_aside(brain: TestBrain) -> None:
    for _ in range(30):
        brain.sql("data_manager", "SELECT company.send_message('ceo', 'note', 'log', '', '1', NULL, NULL, NULL, NULL)")
    session = session_of(brain, "data_manager")

    close_session(brain, "data_manager", session)

    assert rows(brain, "SELECT outcome FROM company.sessions WHERE id = %(id)s", id=session) == [{"outcome": "done"}]


def test_500_things_that_nobody_answers_are_a_few_alerts_for_each_finder(brain: TestBrain) -> None:
    for role in FINDERS:
        for number in range(100):
            ring(brain, role, number)
    for _ in range(3):
        brain.wait(hours=13)
        brain.as_role("heartbeat").all("escalate_findings")

    about = "coalesce(facts ->> 'about', facts ->> 'found_by')"
    alerts = rows(brain, f"SELECT {about} AS about, level, count(*) FROM company.alerts GROUP BY 1, 2")
    assert {row["about"] for row in alerts} == set(FINDERS)
    assert all(row["count"] <= (7 if row["level"] == "ring" else 4) for row in alerts)


def test_the_one_alert_for_the_rest_says_how_many_they_are(brain: TestBrain) -> None:
    for number in range(10):
        ring(brain, "data_auditor", number, "today")
    for _ in range(2):
        brain.wait(hours=13)
        brain.as_role("heartbeat").all("escalate_findings")
    brain.wait(hours=13)

    claimed = brain.as_role("heartbeat").rows(Alert, "claim_alerts")
    [more] = [alert for alert in claimed if alert.kind == "more"]

    assert subject_of(more) == "7 more about data_auditor today"
    assert body_of(more, "UTC").splitlines()[:2] == [
        "The first: finding 3 of data_auditor",
        "The last: finding 9 of data_auditor",
    ]


@pytest.mark.parametrize("role", ["data_auditor", "data_manager", "ceo"])
def test_a_second_clock_rings_through_the_flood_of_the_role_that_notices(brain: TestBrain, role: str) -> None:
    for number in range(100):
        ring(brain, role, number)
    brain.as_login("migrate").execute(
        "INSERT INTO company.beats (at, session_id, slots_looked_at, schedules_seen)"
        " VALUES (company.now(), %s, 1, 1)", (session_of(brain, "heartbeat"),)
    )  # fmt: skip
    brain.wait(minutes=20)

    brain.as_role(role).run("notice_stale_beat")

    rang = "SELECT a.level FROM company.alerts a JOIN company.findings f ON f.id = a.finding_id"
    assert rows(brain, f"{rang} WHERE f.kind = 'stale_beat'") == [{"level": "ring"}]


def test_heartbeat_rings_through_everybody_elses_flood_and_bundles_its_own(brain: TestBrain) -> None:
    for role in FINDERS:
        for number in range(50):
            ring(brain, role, number)
    for hour in range(3):
        for number in range(30):
            ring(brain, "heartbeat", 100 * hour + number)
        brain.wait(hours=1)

    alerts = rows(brain, "SELECT kind, count(*) FROM company.alerts WHERE raised_by = 'heartbeat' GROUP BY kind")
    assert {row["kind"]: row["count"] for row in alerts} == {"finding": 20, "more": 3}
    assert rows(brain, "SELECT count(*) FROM company.findings WHERE found_by = 'heartbeat'") == [{"count": 90}]


def test_two_at_once_take_the_last_place_once(brain: TestBrain) -> None:
    for number in range(2):
        ask(brain, "data_manager", number)
    first, second = brain.connect("data_manager"), brain.connect("data_manager")

    with ThreadPoolExecutor(max_workers=1) as pool:
        with unfinished(first):
            taken = first.value("ask_decision", **question("data_manager", "a"))
            step = pool.submit(second.value, "ask_decision", **question("data_manager", "b"))
            wait_until_blocked(brain, second, step)
        late = step.result()

    assert taken is not None
    assert late is None


def test_a_role_that_never_commits_holds_up_neither_another_nor_the_watch(brain: TestBrain) -> None:
    for number in range(5):
        ring(brain, "data_auditor", number)
    stubborn, heartbeat = brain.connect("data_auditor"), brain.connect("heartbeat")
    heartbeat.connection.execute("SET lock_timeout = '2s'")
    brain.wait(hours=13)

    with unfinished(stubborn):
        stubborn.one("open_finding", **FINDING, watcher="data_manager")
        escalated = heartbeat.all("escalate_findings")
        assert ask(brain, "data_manager", 1) is not None

    assert len(escalated) == 5


@pytest.mark.parametrize(("action", "role", "most"), [("deliver", "deliver", 48), ("brief", "ceo", 3)])
def test_one_address_gets_so_much_mail_a_day(brain: TestBrain, action: str, role: str, most: int) -> None:
    brain.owner.run("set_approval", action=action, level="open")
    session = session_of(brain, role)
    for number in range(most):
        record_outbox_entry(brain, role, session, act=action, dedupe_key=f"page {number}")

    with refused("one_address_gets_so_much_a_day"):
        record_outbox_entry(brain, role, session, act=action, dedupe_key="one more")
    assert not record_outbox_entry(brain, role, session, act=action, dedupe_key="page 0")["is_new"]


def test_no_worker_buries_anothers_queue(brain: TestBrain) -> None:
    login = brain.as_role("data_worker")
    for number in range(100):
        file_task(brain, mode="build", title=f"junk {number}", priority=1, dedupe_key=f"{number}", via=login)

    with refused("new_tasks_have_a_budget"):
        file_task(brain, mode="build", priority=1, via=login)
    assert file_task(brain, mode="build", dedupe_key="7", via=login) == 8, "what waits already is no new task"
    assert file_task(brain, "build_manager", mode="build", title="the real one"), "another role has a day of its own"
    brain.wait(days=1)
    assert file_task(brain, mode="build", via=login)


def test_calls_that_the_brain_refuses_name_the_role(brain: TestBrain, fire: Fires) -> None:
    def tempted(running: Fire) -> Done:
        for _ in range(25):
            with refused("a_finding_waits_for_somebody_here"):
                running.use_named("open_finding", {**CALL, "watcher": "nobody"})
        return Done({"tempted": 25})

    fire("data_auditor", tempted)

    assert counted(brain, "data_auditor", "refused") == (20, 5)
    assert named(brain) == [("data_auditor", "data_manager")]
    [row] = rows(brain, "SELECT last_text FROM company.outputs WHERE what = 'refused'")
    assert row["last_text"] == "a_finding_waits_for_somebody_here"


@pytest.mark.parametrize("role", ["ceo", "data_auditor", "heartbeat", "check"])
def test_nobody_writes_the_counts_by_hand(brain: TestBrain, role: str) -> None:
    for statement in BY_HAND:
        with refused(NO_RIGHT):
            brain.sql(role, statement)
