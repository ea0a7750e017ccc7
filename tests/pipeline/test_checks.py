"""Checks of a batch: who may check, and what no check can be made to say."""

import pytest

from tests.pipeline.works import Works, kev_of
from tests.support.brains import run_sql
from tests.support.refusals import NO_RIGHT, refused

LATER = "2026-03-11T06:00:00.1234Z"
RECORD = "SELECT company.record_check(%(b)s, 'keys_remain', 'hold', 1, 0, '')"

OPEN_QUARANTINE = "SELECT array_agg(id) AS ids FROM company.quarantine WHERE status = 'open'"


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


def test_every_check_of_the_product_is_required_by_its_stream(works: Works) -> None:
    required = {row["source"]: set(row["required_checks"]) for row in works.rows("SELECT * FROM company.streams")}

    checks = works.fire.container("check").vertical().checks

    assert all(check.name in required[check.source] for check in checks)
    assert len(checks) == sum(len(names) for names in required.values()) - 7 * len(required)


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
