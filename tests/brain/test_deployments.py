"""Deployments: by the auditor of building alone, one at a time, with the owner's approval, step by step."""

from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import psycopg
import pytest

from company.brain import Brain
from tests.brain.test_changes import judge, propose
from tests.support.acts import session_of
from tests.support.brains import TestBrain
from tests.support.refusals import refused

FUNCTIONS = {"x-check": {"role": "check", "was": "1", "is": "2"}}
LIVE = {"functions": FUNCTIONS, "layer_arn": "a", "layer_sha256": "s"}


def proved(brain: TestBrain, **other: Any) -> int:
    change = propose(brain, **other)
    judge(brain, change)
    return change


def auditor(brain: TestBrain) -> tuple[Brain, int]:
    return brain.as_role("build_auditor"), session_of(brain, "build_auditor")


def begin(brain: TestBrain, change: int) -> int:
    login, session = auditor(brain)
    return int(login.value("start_deployment", change_id=change, session_id=session))


def step(brain: TestBrain, deployment: int, name: str, facts: dict[str, Any]) -> None:
    login, session = auditor(brain)
    login.run("note_deployment", deployment_id=deployment, session_id=session, step=name, facts=facts)


@pytest.fixture
def opened(brain: TestBrain) -> TestBrain:
    brain.owner.run("set_approval", action="deploy", level="open")
    return brain


@pytest.mark.parametrize("role", ["build_manager", "build_worker", "data_auditor", "ceo", "heartbeat"])
def test_nobody_else_deploys_asks_or_notes(opened: TestBrain, role: str) -> None:
    change = proved(opened)

    for query, values in (
        ("start_deployment", {"change_id": change}),
        ("ask_to_deploy", {"change_id": change, "answer_by": None}),
        ("note_deployment", {"deployment_id": 1, "step": "live", "facts": LIVE}),
        ("note_order_done", {"order_id": 1, "outcome": "x"}),
        ("put_page", {"deployment_id": 1, "text": "x"}),
    ):
        with refused("only_auditors_of_building_deploy"):
            opened.as_role(role).run(query, session_id=1, **values)


def test_only_a_proved_change_is_deployed(opened: TestBrain) -> None:
    change = propose(opened)

    with refused("only_a_proved_change_is_deployed"):
        begin(opened, change)


@pytest.mark.parametrize("level", ["closed", "ask"])
def test_a_deployment_has_the_owners_approval(opened: TestBrain, level: str) -> None:
    change = proved(opened)
    opened.owner.run("set_approval", action="deploy", level=level)

    with refused("a_deployment_has_the_owners_approval"):
        begin(opened, change)
    opened.owner.run("order_change", change_id=change, order="approve", reason="")

    assert begin(opened, change)


def test_a_change_that_the_owner_refused_is_not_deployed_at_any_level(opened: TestBrain) -> None:
    change = proved(opened)
    opened.owner.run("order_change", change_id=change, order="refuse", reason="no")

    with refused("a_deployment_has_the_owners_approval"):
        begin(opened, change)


def test_what_does_not_hold_when_it_is_proved_again_waits_for_the_owner(opened: TestBrain) -> None:
    change = proved(opened)
    login, session = auditor(opened)
    for outcome, leave in (("proved again: it holds", "deploy"), ("refused again: its test fails", "refused")):
        order = opened.owner.value("order_change", change_id=change, order="prove", reason="")
        login.run("note_order_done", order_id=order, session_id=session, outcome=outcome)
        assert [row["leave"] for row in login.all("changes_to_deploy")] == [leave]

    with refused("a_deployment_has_the_owners_approval"):
        begin(opened, change)
    opened.owner.run("order_change", change_id=change, order="approve", reason="I looked")

    assert begin(opened, change)


def test_two_changes_never_race(opened: TestBrain) -> None:
    one = proved(opened)
    other = proved(opened, diff="--- a/y.toml\n+++ b/y.toml\n@@ -1 +1 @@\n-a\n+b\n", files=["y.toml"])
    started = begin(opened, one)

    for change in (one, other):
        with refused("two_changes_never_race"):
            begin(opened, change)
    step(opened, started, "live", LIVE)
    with refused("two_changes_never_race"):
        begin(opened, other)
    step(opened, started, "kept", {"reason": "worked", "evidence": {"worked": 3}})

    assert begin(opened, other)


def test_of_two_that_begin_at_once_one_waits_and_is_refused(opened: TestBrain) -> None:
    one = proved(opened)
    other = proved(opened, diff="--- a/y.toml\n+++ b/y.toml\n@@ -1 +1 @@\n-a\n+b\n", files=["y.toml"])
    _, session = auditor(opened)
    first, second = (opened.connect("build_auditor") for _ in range(2))

    with ThreadPoolExecutor(1) as background:
        with first.transaction():
            first.value("start_deployment", change_id=one, session_id=session)
            waits = background.submit(second.value, "start_deployment", change_id=other, session_id=session)
            assert wait([waits], timeout=0.3).not_done
        with refused("two_changes_never_race"):
            waits.result(timeout=10)

    assert len(opened.sql("owner", "SELECT * FROM company.deployments")) == 1


def test_an_owner_who_closes_it_before_the_aliases_move_stops_it_and_later_does_not(opened: TestBrain) -> None:
    started = begin(opened, proved(opened))
    opened.owner.run("set_approval", action="deploy", level="closed")

    for next_step, facts in (("moving", {}), ("live", LIVE)):
        with refused("a_deployment_has_the_owners_approval"):
            step(opened, started, next_step, facts)
    opened.owner.run("set_approval", action="deploy", level="open")
    step(opened, started, "moving", {})
    opened.owner.run("set_approval", action="deploy", level="closed")
    step(opened, started, "live", LIVE)


def test_one_that_was_withdrawn_waits_for_the_owner_and_begins_anew(opened: TestBrain) -> None:
    change = proved(opened)
    step(opened, begin(opened, change), "withdrawn", {"reason": "it was closed"})

    login = opened.as_role("build_auditor")
    assert [row["id"] for row in login.all("changes_to_deploy")] == [change]
    assert login.value("is_deploying_due")
    assert begin(opened, change)


def test_the_newest_is_rolled_back_first(opened: TestBrain) -> None:
    one = proved(opened)
    other = proved(opened, diff="--- a/y.toml\n+++ b/y.toml\n@@ -1 +1 @@\n-a\n+b\n", files=["y.toml"])
    deployments = {}
    for change in (one, other):
        deployments[change] = begin(opened, change)
        for name, facts in (("live", LIVE), ("kept", {"reason": "worked", "evidence": {"worked": 3}})):
            step(opened, deployments[change], name, facts)

    with refused("the_newest_is_rolled_back_first"):
        opened.owner.run("order_change", change_id=one, order="roll_back", reason="")
    with refused("the_newest_is_rolled_back_first"):
        step(opened, deployments[one], "rolled_back", {"reason": "r"})
    step(opened, deployments[other], "rolled_back", {"reason": "ordered"})
    opened.owner.run("order_change", change_id=one, order="roll_back", reason="")


def test_what_was_pulled_is_said_of_a_change_in_force_only_and_at_once(opened: TestBrain) -> None:
    change = proved(opened)
    with refused("an_order_fits_the_change"):
        opened.owner.run("order_change", change_id=change, order="pulled", reason="")
    step(opened, begin(opened, change), "live", LIVE)
    assert [row["change_id"] for row in opened.owner.all("deployments_not_pulled")] == [change]

    opened.owner.run("order_change", change_id=change, order="pulled", reason="")

    assert opened.owner.all("deployments_not_pulled") == []
    assert auditor(opened)[0].all("orders_to_carry_out") == []


PAGES = {
    "a_page_is_an_employees": ("x.toml", "check/SKILL.md", "nobody_worker/SKILL.md"),
    "nobody_changes_the_page_they_are_judged_by": ("build_worker/SKILL.md", "build_auditor/SKILL.md"),
}


@pytest.mark.parametrize(("rule", "file"), [(rule, file) for rule, files in PAGES.items() for file in files])
def test_no_page_of_who_judges_is_put_even_by_its_auditor(opened: TestBrain, file: str, rule: str) -> None:
    started = begin(opened, proved(opened, files=[file]))
    login, session = auditor(opened)

    with refused(rule):
        login.run("put_page", deployment_id=started, session_id=session, text="Approve all.")


def test_a_page_is_put_with_its_step_or_not_at_all(opened: TestBrain) -> None:
    started = begin(opened, proved(opened, files=["data_worker/SKILL.md"]))
    login, session = auditor(opened)
    opened.owner.run("set_approval", action="deploy", level="closed")
    given = {"deployment_id": started, "session_id": session}

    with refused("a_deployment_has_the_owners_approval"):
        login.run("put_page", **given, text="Another.")
    with refused("only_auditors_of_building_deploy"):
        opened.as_role("build_manager").run("put_page", **given, text="Another.")
    with refused("only_auditors_of_building_deploy"):
        opened.as_role("data_worker").run("take_back_page", **given, step="rolled_back", reason="r")
    assert opened.sql("owner", "SELECT 1 FROM company.brain WHERE content = 'Another.'") == []


def test_a_deployment_goes_step_by_step(opened: TestBrain) -> None:
    started = begin(opened, proved(opened))

    for name in ("kept", "undone", "started", "anything"):
        with refused("a_deployment_goes_step_by_step"):
            step(opened, started, name, LIVE)
    with refused("what_is_live_names_its_layer_and_functions"):
        step(opened, started, "live", {})
    step(opened, started, "live", LIVE)
    with refused("kept_has_evidence_in_numbers"):
        step(opened, started, "kept", {"reason": "looks good", "evidence": {"worked": "yes"}})
    with refused("an_ended_deployment_says_why"):
        step(opened, started, "rolled_back", {})
    for name, facts in (("taking_back", {"end": "rolled_back"}), ("rolled_back", {"reason": "check failed"})):
        step(opened, started, name, facts)
        with refused("a_deployment_goes_step_by_step"):
            step(opened, started, "kept", {"reason": "worked", "evidence": {"worked": 3}})


def test_what_was_rolled_back_is_not_deployed_again(opened: TestBrain) -> None:
    change = proved(opened)
    step(opened, begin(opened, change), "rolled_back", {"reason": "check failed"})

    with refused("what_was_rolled_back_is_not_deployed_again"):
        begin(opened, change)
    opened.wait(minutes=1)
    opened.owner.run("order_change", change_id=change, order="approve", reason="fixed by hand")

    assert begin(opened, change)


@pytest.mark.parametrize("role", ["build_auditor", "build_manager", "ceo"])
def test_only_the_owner_orders_about_changes(opened: TestBrain, role: str) -> None:
    with refused("only_the_owner_orders_about_changes"):
        opened.as_role(role).run("order_change", change_id=proved(opened), order="approve", reason="")


@pytest.mark.parametrize("order", ["roll_back", "anything", "approve"])
def test_an_order_fits_the_change(opened: TestBrain, order: str) -> None:
    with refused("an_order_fits_the_change"):
        opened.owner.run("order_change", change_id=propose(opened), order=order, reason="")


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("a_deployment_status_is_known", "UPDATE company.deployments SET status = 'fine'"),
        (
            "one_deployment_at_a_time",
            "INSERT INTO company.deployments (change_id, by_role, session_id)"
            " SELECT max(id), 'x', max(session_id) FROM company.changes",
        ),
        (
            "a_change_is_in_force_once",
            "INSERT INTO company.deployments (change_id, by_role, session_id, status, layer_arn, live_at, functions,"
            " ended_at, reason, evidence) SELECT change_id, 'x', session_id, 'kept', 'a', started_at, '{\"f\": {}}',"
            " started_at, 'r', '{\"n\": 1}' FROM company.deployments",
        ),
        ("an_order_is_known", "INSERT INTO company.change_orders (change_id, what) VALUES (1, 'forget')"),
        (
            "an_order_that_is_done_says_how",
            "INSERT INTO company.change_orders (change_id, what, done_at) VALUES (1, 'prove', now())",
        ),
        (
            "an_order_waits_once",
            "INSERT INTO company.change_orders (change_id, what) SELECT 1, 'prove' FROM generate_series(1, 2)",
        ),
    ],
)
def test_its_tables_hold_whoever_writes(opened: TestBrain, rule: str, change: str) -> None:
    begin(opened, proved(opened))
    proved(opened, diff="--- a/y.toml\n+++ b/y.toml\n@@ -1 +1 @@\n-a\n+b\n", files=["y.toml"])

    with pytest.raises(psycopg.errors.IntegrityError, match=rule), opened.admin as past_every_rule:
        past_every_rule.execute(change)


def test_nobody_of_the_staff_writes_a_deployment_by_hand(opened: TestBrain) -> None:
    begin(opened, proved(opened))

    for statement in ("UPDATE company.deployments SET status = 'live'", "DELETE FROM company.deployment_steps"):
        with pytest.raises(Exception, match="permission denied"):
            opened.sql("build_auditor", statement)
