"""The console acts for the owner only in a transaction that says so first, with a form that was never sent before."""

from datetime import timedelta

import pytest

from company.errors import Refused
from tests.support.brains import TestBrain, run_sql
from tests.support.refusals import NO_RIGHT, refused

NOTE = "SELECT company.note_console_act(%(form)s, %(session)s, 'tried')"
SESSION = "s" * 22
ACTS = {
    "only_the_owner_sets_switches": "SELECT company.set_switch('company', 'stopped')",
    "only_the_owner_pauses_a_role": "SELECT company.pause_role('data_worker', true, 'x')",
    "only_the_owner_mutes_a_finding": "SELECT company.mute_finding(1, company.now() + interval '1 day')",
    "only_the_owner_approves": "SELECT company.set_approval('deliver', 'open')",
    "only_the_owner_sets_limits": "SELECT company.set_spending_limit('company', 'usd', 1)",
    "only_the_owner_takes_customers": "SELECT company.pause_customer('x', true)",
    "only_the_owner_gives_keys": "SELECT company.end_customer_key('x')",
    "only_the_owner_handles_for_a_customer": "SELECT company.handle('x', 'y', '')",
    "only_the_owner_orders_about_changes": "SELECT company.order_change(1, 'refuse', '')",
    "batches_are_undone_by_data_auditor_or_owner": "SELECT company.undo_batch(1, 'x')",
    "held_batches_are_decided_by_data_auditor_or_owner": "SELECT company.decide_batch(1, 'release', 'x')",
    "a_retry_is_asked_by_its_watcher": "SELECT company.ask_retry('data_worker', company.now(), NULL)",
}


def _note(brain: TestBrain, form: str, session: str = SESSION) -> object:
    console = brain.as_role("console")
    return console.value("note_console_act", form_key=form * 32, session_key=session, act="stopped the company")


@pytest.mark.parametrize("rule", ACTS)
def test_the_console_alone_may_do_nothing_of_the_owners(brain: TestBrain, rule: str) -> None:
    with refused(rule):
        brain.sql("console", ACTS[rule])


def test_an_act_that_was_noted_in_another_transaction_gives_no_right(brain: TestBrain) -> None:
    _note(brain, "a")

    with refused("only_the_owner_sets_switches"):
        brain.as_role("console").run("set_switch", switch="company", value="stopped")


def test_within_its_transaction_it_acts_once_for_each_form(brain: TestBrain) -> None:
    console = brain.as_role("console")

    with console.transaction():
        _note(brain, "b")
        console.run("set_switch", switch="company", value="stopped")
    with pytest.raises(Refused, match="sent before"), console.transaction():
        _note(brain, "b")
        console.run("set_switch", switch="company", value="running")

    assert brain.owner.value("company_is") == "stopped"
    switched = "SELECT changed_by FROM company.switches WHERE switch = 'company'"
    assert brain.sql("owner", switched)[0]["changed_by"] == "console"


def test_an_ended_session_acts_no_more(brain: TestBrain) -> None:
    console = brain.as_role("console")
    console.run("end_console_session", session_key="e" * 22, ends_at=brain.now() + timedelta(hours=1))

    with refused("an_ended_session_acts_no_more"):
        _note(brain, "c", "e" * 22)


@pytest.mark.parametrize(
    ("rule", "form", "act"), [("a_form_has_its_key", "x" * 31, "tried"), ("an_act_says_what_it_is", "x" * 32, "")]
)
def test_an_act_without_a_key_or_a_word_is_not_noted(brain: TestBrain, rule: str, form: str, act: str) -> None:
    console = brain.as_role("console")

    with refused(rule):
        console.value("note_console_act", form_key=form, session_key=SESSION, act=act)


@pytest.mark.parametrize("role", ["ceo", "heartbeat", "data_worker", "owner"])
def test_nobody_else_notes_an_act_or_says_what_came_of_one(brain: TestBrain, role: str) -> None:
    with refused(NO_RIGHT):
        brain.sql(role, NOTE, form="d" * 32, session=SESSION)
    with refused(NO_RIGHT):
        brain.sql(role, "SELECT company.say_console_act(1, 'x')")


def test_another_login_with_the_right_to_call_is_refused_by_name(brain: TestBrain) -> None:
    with refused("only_the_console_acts_for_the_owner"):
        run_sql(brain.as_login("migrate"), NOTE, form="f" * 32, session=SESSION)


def test_what_was_done_and_said_stays(brain: TestBrain) -> None:
    noted = _note(brain, "g")
    console = brain.as_role("console")
    console.run("say_console_act", act=noted, said="done")
    console.run("say_console_act", act=noted, said="something else")

    assert brain.sql("owner", "SELECT said FROM company.console_acts WHERE id = %(id)s", id=noted)[0]["said"] == "done"
    for statement in ("DELETE FROM company.console_acts", "UPDATE company.console_acts SET act = 'x'"):
        with refused(NO_RIGHT):
            brain.sql("console", statement)
        with refused("what_the_console_did_stays"):
            run_sql(brain.as_login("migrate"), statement)
    with refused("what_the_console_did_stays"):
        run_sql(brain.as_login("migrate"), "TRUNCATE company.console_acts")
