"""Every loop over items that writes or calls AWS treats each item apart, by the tools of company.fire.apart."""

import pytest

from tests.contracts.acts import acting_functions, loops_that_act, writing_queries
from tests.contracts.repository import records

ONE_THING = {
    "build_auditor.deployment:carry_out_deployment": "one change is live in every function, or is taken back",
    "build_auditor.deployment:_plan": "one change is planned in every function, or withdrawn; it only reads",
    "build_auditor.deployment:_take_back": "one change is taken back everywhere, or at the next fire",
    "build_auditor.deployment:replaced_by_another": "one deployment is in force or not; it only reads",
    "build_auditor.settling:_replaced": "it only reads; each deployment is settled apart",
    "build_auditor.lambdas:live_functions": "one listing; without one of its schedules nothing is deployed",
    "build_auditor.touched:damaged_copies": "one change, by the first good document that gives copies; it only reads",
    "build_worker.tools:_last_good": "one comparison, with the first good document that is read; it only reads",
    "build_auditor.trial:_try_code": "one change is tried on all documents, or not judged",
    "company.fire.session:_note_refusals": "counts for the brief; no fire fails because one is refused",
    "company.owner.asking:_switch_on": "one yes: the first schedule that fails ends it, until the next try",
    "company.pipeline.asking.requests:ask_in_turn": "one edition, by one route after another until one answers",
    "company.pipeline.asking.paging:_ask_the_rest": "one answer, whose pages come one after another",
    "company.pipeline.asking.paging:_one_that_fits": "one answer, whose window is halved until it fits",
    "company.pipeline.asking.paging:ask_pages": "one answer, read once more where it did not come whole",
    "company.pipeline.rows.checks:check_batch": "a batch is checked by all its checks or by none",
    "company.pipeline.rows.promotion:_promote_source": "editions of one source are promoted in order",
    "company.tasks:_begun": "who may not begin a task has lost the session; attempt_task keeps the work apart",
    "company.watch.ledger:_owed": "heartbeat hands over one schedule at a time where all at once fail",
    "heartbeat.mail:_messages": "the queue is read until it is empty; the messages are the items",
    "scraping_manager.tools:_messages": "the queue is read until it is empty; the messages are the items",
}
"""Loops whose items are one thing: where one part fails, the rest must not be done. Each with its reason."""


def test_a_loop_that_acts_treats_each_item_apart() -> None:
    copies = {role: record.copied_from for role, record in records().items() if record.copied_from}
    parts = [loop.partition(".") for loop in loops_that_act()]
    as_released = {f"{copies.get(folder, folder)}.{rest}" for folder, _, rest in parts}

    assert sorted(as_released - set(ONE_THING)) == []


def test_an_exception_is_still_one() -> None:
    assert sorted(set(ONE_THING) - loops_that_act()) == []


@pytest.mark.parametrize("query", ["close_finding", "claim_alerts", "note_woken", "drop_old_staging"])
def test_a_query_that_changes_something_is_known_as_such(query: str) -> None:
    assert query in writing_queries()


@pytest.mark.parametrize("query", ["my_findings", "retries_waiting", "healed_schedules", "source_freshness"])
def test_a_query_that_only_reads_is_known_as_such(query: str) -> None:
    assert query not in writing_queries()


@pytest.mark.parametrize(
    ("module", "function"),
    [
        ("heartbeat.oneoffs", "fire_once"),
        ("heartbeat.waking", "_wake"),
        ("company.watch.findings", "close_finding"),
        ("ceo.posting", "_send_approved"),
        ("publish.work", "_put"),
    ],
)
def test_a_function_that_acts_by_another_is_known_as_such(module: str, function: str) -> None:
    assert (module, function) in acting_functions()
