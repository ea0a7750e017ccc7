"""Checks and held batches: who may check, who may decide, and that nobody decides on a batch of their own."""

import pytest

from tests.pipeline.works import Works, adds_up, kev_of
from tests.support.brains import run_sql
from tests.support.refusals import NO_RIGHT, refused

LATER = "2026-03-11T06:00:00.1234Z"
RECORD = "SELECT company.record_check(%(b)s, 'keys_remain', 'hold', 1, 0, '')"

OPEN_QUARANTINE = "SELECT array_agg(id) AS ids FROM company.quarantine WHERE status = 'open'"


def _held(works: Works) -> int:
    works.take_in("kev", kev_of(300))
    batch = works.take_in("kev", kev_of(100, LATER))
    assert batch["status"] == "held"
    return int(batch["id"])


def _staged(works: Works) -> int:
    works.serve_only("kev", kev_of(300))
    works.run("scrape_kev")
    return int(works.last_batch()["id"])


@pytest.mark.parametrize("role", ["scrape_kev", "promote", "data_worker", "data_auditor", "data_manager", "owner"])
def test_a_check_is_recorded_by_check_only(works: Works, role: str) -> None:
    batch = _staged(works)

    with refused("only_check_checks_batches"):
        works.brain.sql(role, RECORD, b=batch)


def test_nobody_checks_what_they_staged(works: Works) -> None:
    batch = _staged(works)
    works.brain.admin.execute("UPDATE company.batches SET staged_by = 'check'")

    with refused("nobody_checks_what_they_staged"):
        works.brain.sql("check", RECORD, b=batch)


def test_a_check_that_failed_stays_failed(works: Works) -> None:
    """Whoever passes it before or afterwards: the failure counts, and the drop does not reach customers."""
    works.take_in("kev", kev_of(397))
    works.serve_only("kev", kev_of(1, LATER))
    works.run("scrape_kev")
    batch, check = works.last_batch()["id"], works.brain.as_role("check")

    works.brain.sql("check", RECORD, b=batch)
    check.run("check_frame", batch=batch)
    works.brain.sql("check", RECORD, b=batch)
    for name in _product_checks(works):
        check.run("record_check", batch=batch, name=name, severity="warn", looked_at=1, failed=0, detail="")
    check.run("finish_checks", batch=batch)
    works.run("promote")

    verdicts = works.rows("SELECT is_ok FROM company.batch_checks WHERE check_name = 'keys_remain' ORDER BY id")
    assert ([row["is_ok"] for row in verdicts][-3:], works.last_batch()["status"]) == ([True, False, True], "held")
    assert works.value("SELECT count(*) FROM patchfirst.kev") == 397


def _product_checks(works: Works) -> list[str]:
    return [check.name for check in works.fire.container("check").vertical().checks if check.source == "kev"]


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
    batch = _held(works)
    works.brain.owner.run("decide_batch", batch=batch, verdict="release", reason="the source says so too")

    with refused(f"{statement.split('company.')[1].split(maxsplit=1)[0]}_is_append_only"):
        run_sql(works.brain.migrator, statement)


def test_promote_holds_a_drop_that_every_check_passed(works: Works) -> None:
    works.take_in("kev", kev_of(397))
    works.serve_only("kev", kev_of(1, LATER))
    works.run("scrape_kev")
    batch = works.last_batch()["id"]
    checks = "SELECT unnest(required_checks) AS name FROM company.streams WHERE source = 'kev'"
    for row in works.rows(checks):
        works.brain.as_role("check").run(
            "record_check", batch=batch, name=row["name"], severity="hold", looked_at=397, failed=0, detail=""
        )
    works.brain.as_role("check").run("finish_checks", batch=batch)

    [answer] = works.run("promote")

    assert answer["evidence"]["held_batches"] == 1
    assert works.last_batch()["reason"] == "396 of 397 in force would go; the limit is 1.00 %"
    assert works.value("SELECT count(*) FROM patchfirst.kev") == 397
    watcher = works.rows("SELECT watcher FROM company.findings WHERE fingerprint = %(f)s", f=f"held:{batch}")
    assert watcher == [{"watcher": "data_auditor"}]


def test_a_batch_that_skipped_a_check_stays_staged(works: Works) -> None:
    batch = _staged(works)
    works.brain.sql("check", RECORD, b=batch)

    with refused("a_batch_is_checked_in_full"):
        works.brain.as_role("check").run("finish_checks", batch=batch)

    assert works.last_batch()["status"] == "staged"


def test_after_the_checks_are_finished_no_check_is_added(works: Works) -> None:
    batch = _held(works)

    with refused("only_a_staged_batch_is_checked"):
        works.brain.sql("check", RECORD, b=batch)


def test_every_check_of_the_product_is_required_by_its_stream(works: Works) -> None:
    required = {row["source"]: set(row["required_checks"]) for row in works.rows("SELECT * FROM company.streams")}

    checks = works.fire.container("check").vertical().checks

    assert all(check.name in required[check.source] for check in checks)
    assert len(checks) == sum(len(names) for names in required.values()) - 7 * len(required)


@pytest.mark.parametrize("role", ["check", "promote", "scrape_kev", "data_worker", "data_manager", "ceo"])
def test_a_held_batch_is_not_decided_by_roles_that_would_gain_from_it(works: Works, role: str) -> None:
    batch = _held(works)

    with refused("held_batches_are_decided_by_data_auditor_or_owner"):
        works.brain.as_role(role).run("decide_batch", batch=batch, verdict="release", reason="looks fine")


def test_nobody_decides_on_a_batch_that_they_checked_themselves(works: Works) -> None:
    batch = _held(works)
    works.brain.admin.execute("UPDATE company.batches SET checked_by = 'data_auditor' WHERE id = %s", (batch,))

    with refused("nobody_decides_on_their_own_batch"):
        works.brain.as_role("data_auditor").run("decide_batch", batch=batch, verdict="refuse", reason="looks odd")


def test_a_released_batch_is_promoted_and_each_released_check_is_named(works: Works) -> None:
    batch = _held(works)

    works.brain.owner.run("decide_batch", batch=batch, verdict="release", reason="the source says so too")
    works.run("promote")

    ended = works.last_batch()
    assert (ended["status"], ended["unchanged"], ended["removed"], ended["held"]) == ("promoted", 100, 200, 0)
    released = "SELECT check_name, released_by, released_because FROM company.check_verdicts WHERE released_by <> ''"
    assert [tuple(row.values()) for row in works.rows(released)] == [("keys_remain", "owner", "the source says so too")]


def test_a_status_alone_releases_no_failed_check(works: Works) -> None:
    batch = _held(works)
    works.brain.admin.execute("ALTER TABLE company.batches DISABLE TRIGGER USER")
    works.brain.admin.execute("UPDATE company.batches SET status = 'checked' WHERE id = %s", (batch,))

    with refused("a_failed_check_is_released_by_name"):
        works.brain.as_role("promote").run("promote_batch", batch=batch)


def test_data_auditor_releases_no_loss_that_one_edition_alone_shows(works: Works) -> None:
    batch = _held(works)

    with refused("an_auditor_releases_what_a_second_edition_says"):
        works.brain.as_role("data_auditor").run("decide_batch", batch=batch, verdict="release", reason="looks fine")

    assert works.last_batch()["status"] == "held"


def test_a_refused_batch_stays_out_for_good_and_its_rows_are_still_counted(works: Works) -> None:
    batch = _held(works)

    works.brain.as_role("data_auditor").run("decide_batch", batch=batch, verdict="refuse", reason="two thirds are gone")
    works.run("promote")

    ended = works.last_batch()
    assert (ended["status"], ended["held"], adds_up(ended)) == ("refused", 100, True)
    assert works.value("SELECT count(*) FROM patchfirst.kev") == 300


@pytest.mark.parametrize("role", ["owner", "data_auditor"])
@pytest.mark.parametrize(
    ("verdict", "reason"), [("release", ""), ("refuse", " "), ("refuse", None), (None, "because"), ("maybe", "because")]
)
def test_a_decision_needs_a_verdict_and_a_reason(
    works: Works, role: str, verdict: str | None, reason: str | None
) -> None:
    batch = _held(works)

    with refused("a_decision_on_a_batch_is_release_or_refuse_with_a_reason"):
        works.brain.as_role(role).run("decide_batch", batch=batch, verdict=verdict, reason=reason)

    assert works.last_batch()["status"] == "held"


def test_a_batch_that_does_not_add_up_is_refused_by_the_table(works: Works) -> None:
    works.take_in("kev", kev_of(300))

    with refused("every_row_read_has_one_fate"):
        run_sql(works.brain.admin, "UPDATE company.batches SET promoted = promoted - 1")


@pytest.mark.parametrize(
    ("role", "may"), [("data_worker", True), ("owner", True), ("scrape_kev", False), ("promote", False)]
)
def test_quarantined_rows_are_worked_by_the_data_worker(works: Works, role: str, may: bool) -> None:
    works.take_in("kev", kev_of(300, dateAdded="2026-02-01").replace(b"CVE-2025-90007", b"CVE_2025_90007"))
    quarantined = works.rows(OPEN_QUARANTINE)[0]["ids"]

    def resolve() -> None:
        works.brain.as_role(role).run(
            "resolve_quarantine", ids=quarantined, status="discarded", resolution="the source's mistake"
        )

    if may:
        resolve()
        assert works.rows(OPEN_QUARANTINE)[0]["ids"] is None
    else:
        with refused("quarantine_is_worked_by_data_worker"):
            resolve()


def test_the_internal_functions_of_the_pipeline_are_called_by_nobody(works_at_rest: Works) -> None:
    for call in ("company.require_checker(1)", "company.stream_sql('kev')", "company.protect_stream('kev')"):
        with refused(NO_RIGHT):
            works_at_rest.brain.sql("promote", f"SELECT {call}")
