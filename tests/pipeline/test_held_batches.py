"""A held batch: who may decide on it, that nobody decides on a batch of their own, and what a decision does."""

from zoneinfo import ZoneInfo

import pytest

from company.brief import BriefOrigin, gather_facts
from company.brief.sections.data import state_of
from tests.pipeline.grown import grown
from tests.pipeline.test_checks import LATER, RECORD
from tests.pipeline.works import Works, adds_up, kev_of
from tests.support.brains import run_sql
from tests.support.refusals import refused


def _held(works: Works) -> None:
    """An edition that lost two thirds of what is in force."""
    works.take_in("kev", kev_of(300))
    assert works.take_in("kev", kev_of(100, LATER))["status"] == "held"


template_brain = grown(_held)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE company.batch_checks SET is_ok = true, failed = 0",
        "DELETE FROM company.batch_checks",
        "UPDATE company.check_releases SET reason = 'other'",
        "DELETE FROM company.check_releases",
    ],
)
def test_not_even_the_owner_of_the_tables_changes_a_verdict(works: Works, statement: str) -> None:
    batch = works.last_batch()["id"]
    works.brain.owner.run("decide_batch", batch=batch, verdict="release", reason="the source says so too")

    with refused(f"{statement.split('company.')[1].split(maxsplit=1)[0]}_is_append_only"):
        run_sql(works.brain.migrator, statement)


def test_after_the_checks_are_finished_no_check_is_added(works_at_rest: Works) -> None:
    batch = works_at_rest.last_batch()["id"]

    with refused("only_a_staged_batch_is_checked"):
        works_at_rest.brain.sql("check", RECORD, b=batch)


@pytest.mark.parametrize("role", ["check", "promote", "scrape_kev", "data_worker", "data_manager", "ceo"])
def test_a_held_batch_is_not_decided_by_roles_that_would_gain_from_it(works_at_rest: Works, role: str) -> None:
    batch = works_at_rest.last_batch()["id"]

    with refused("held_batches_are_decided_by_data_auditor_or_owner"):
        works_at_rest.brain.as_role(role).run("decide_batch", batch=batch, verdict="release", reason="looks fine")


def test_nobody_decides_on_a_batch_that_they_checked_themselves(works: Works) -> None:
    batch = works.last_batch()["id"]
    works.brain.admin.execute("UPDATE company.batches SET checked_by = 'data_auditor' WHERE id = %s", (batch,))

    with refused("nobody_decides_on_their_own_batch"):
        works.brain.as_role("data_auditor").run("decide_batch", batch=batch, verdict="refuse", reason="looks odd")


def test_a_released_batch_is_promoted_and_each_released_check_is_named(works: Works) -> None:
    batch = works.last_batch()["id"]

    works.brain.owner.run("decide_batch", batch=batch, verdict="release", reason="the source says so too")
    works.run("promote")

    ended = works.last_batch()
    assert (ended["status"], ended["unchanged"], ended["removed"], ended["held"]) == ("promoted", 100, 200, 0)
    released = "SELECT check_name, released_by, released_because FROM company.check_verdicts WHERE released_by <> ''"
    assert [tuple(row.values()) for row in works.rows(released)] == [("keys_remain", "owner", "the source says so too")]


def test_a_status_alone_releases_no_failed_check(works: Works) -> None:
    batch = works.last_batch()["id"]
    works.brain.admin.execute("ALTER TABLE company.batches DISABLE TRIGGER USER")
    works.brain.admin.execute("UPDATE company.batches SET status = 'checked' WHERE id = %s", (batch,))

    with refused("a_failed_check_is_released_by_name"):
        works.brain.as_role("promote").run("promote_batch", batch=batch)


def test_data_auditor_releases_no_loss_that_one_edition_alone_shows(works: Works) -> None:
    batch = works.last_batch()["id"]

    with refused("an_auditor_releases_what_a_second_edition_says"):
        works.brain.as_role("data_auditor").run("decide_batch", batch=batch, verdict="release", reason="looks fine")

    assert works.last_batch()["status"] == "held"


def test_a_refused_batch_stays_out_for_good_and_its_rows_are_still_counted(works: Works) -> None:
    batch = works.last_batch()["id"]

    works.brain.as_role("data_auditor").run("decide_batch", batch=batch, verdict="refuse", reason="two thirds are gone")
    works.run("promote")

    ended = works.last_batch()
    assert (ended["status"], ended["held"], adds_up(ended)) == ("refused", 100, True)
    assert works.value("SELECT count(*) FROM patchfirst.kev") == 300


def test_the_brief_says_that_rows_wait_only_while_they_do(works: Works) -> None:
    assert _state_in_the_brief(works) == "HELD"
    batch = works.last_batch()["id"]
    works.brain.as_role("data_auditor").run("decide_batch", batch=batch, verdict="refuse", reason="two thirds are gone")
    assert _state_in_the_brief(works) == "REFUSED"

    works.take_in("kev", kev_of(301, "2026-03-11T07:00:00.1234Z"))

    assert _state_in_the_brief(works) == "ok"


def _state_in_the_brief(works: Works) -> str:
    now = works.brain.now()
    origin = BriefOrigin(title="PatchFirst", zone=ZoneInfo("UTC"), slot="ceo", due_at=now)
    facts = gather_facts(works.brain.as_role("ceo"), origin=origin, brief_date=now.date(), until=now)
    [row] = [row for row in facts.sources if row.source == "kev"]
    return state_of(row, facts)


@pytest.mark.parametrize("role", ["owner", "data_auditor"])
@pytest.mark.parametrize(
    ("verdict", "reason"), [("release", ""), ("refuse", " "), ("refuse", None), (None, "because"), ("maybe", "because")]
)
def test_a_decision_needs_a_verdict_and_a_reason(
    works_at_rest: Works, role: str, verdict: str | None, reason: str | None
) -> None:
    batch = works_at_rest.last_batch()["id"]

    with refused("a_decision_on_a_batch_is_release_or_refuse_with_a_reason"):
        works_at_rest.brain.as_role(role).run("decide_batch", batch=batch, verdict=verdict, reason=reason)

    assert works_at_rest.last_batch()["status"] == "held"
