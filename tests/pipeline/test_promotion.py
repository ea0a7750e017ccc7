"""Canonical: who may write it, what is kept of replaced rows, and how a promotion is undone."""

from datetime import datetime
from threading import Thread

import pytest

from company.errors import BrainError
from tests.pipeline.works import Works, adds_up, epss, kev, kev_entry, kev_of
from tests.support.refusals import NO_RIGHT, refused

FIRST = kev_of(300)
AT = "2026-03-11T06:00:00.1234Z"


def _second() -> bytes:
    """Of 300 entries one is gone, one changed, and one is new."""
    rest = [kev_entry(n) for n in range(2, 300)]
    return kev(kev_entry(1, knownRansomwareCampaignUse="Known"), *rest, kev_entry(500), at=AT)


def _staged(works: Works, body: bytes = FIRST) -> int:
    works.serve_only("kev", body)
    works.run("scrape_kev")
    return int(works.last_batch()["id"])


def _checked(works: Works) -> int:
    batch = _staged(works)
    works.run("check")
    return batch


def _ransomware(works: Works, at: datetime) -> dict[str, bool]:
    rows = works.rows("SELECT cve, ransomware FROM patchfirst.kev_known_at(%(at)s)", at=at)
    return {row["cve"]: row["ransomware"] for row in rows}


def test_each_row_of_a_second_edition_has_its_fate(works: Works) -> None:
    works.take_in("kev", FIRST)

    batch = works.take_in("kev", _second())

    fates = [batch[name] for name in ("rows_read", "promoted", "unchanged", "quarantined", "held", "removed")]
    assert fates == [300, 2, 298, 0, 0, 1]
    assert adds_up(batch)


def test_an_unchanged_edition_writes_nothing(works: Works) -> None:
    works.take_in("kev", FIRST)
    written = "SELECT n_tup_ins + n_tup_upd + n_tup_del AS n FROM pg_stat_user_tables WHERE relname = 'kev'"
    works.brain.admin.execute("SELECT pg_stat_force_next_flush()")
    before = works.brain.admin.execute(written).fetchone()

    batch = works.take_in("kev", kev_of(300, AT))

    works.brain.admin.execute("SELECT pg_stat_force_next_flush()")
    assert (batch["promoted"], batch["unchanged"]) == (0, 300)
    assert works.brain.admin.execute(written).fetchone() == before


def test_what_was_known_on_a_day_is_one_query(works: Works) -> None:
    works.take_in("kev", FIRST)
    before = works.brain.now()
    works.brain.wait(hours=1)
    works.take_in("kev", _second())

    then, now = _ransomware(works, before), _ransomware(works, works.brain.now())

    assert (len(then), then["CVE-2025-90001"], "CVE-2025-90000" in then, "CVE-2025-90500" in then) == (
        300,
        False,
        True,
        False,
    )
    assert (len(now), now["CVE-2025-90001"], "CVE-2025-90000" in now, "CVE-2025-90500" in now) == (
        300,
        True,
        False,
        True,
    )


def test_an_undone_batch_restores_the_rows_in_force_before_it_and_keeps_its_own_in_history(works: Works) -> None:
    works.take_in("kev", FIRST)
    works.brain.wait(hours=1)
    batch = works.take_in("kev", _second())
    promoted_at = works.brain.now()
    works.brain.wait(hours=1)

    works.brain.as_role("data_auditor").run("undo_batch", batch=batch["id"], reason="the flag was wrong")

    now = _ransomware(works, works.brain.now())
    assert now == dict.fromkeys((f"CVE-2025-{90000 + n}" for n in range(300)), False)
    assert _ransomware(works, promoted_at)["CVE-2025-90001"] is True
    assert works.last_batch()["status"] == "undone"


def test_only_the_last_promotion_can_be_undone(works: Works) -> None:
    first = works.take_in("kev", FIRST)
    works.take_in("kev", _second())

    with refused("only_the_last_promotion_is_undone"):
        works.brain.owner.run("undo_batch", batch=first["id"], reason="no")


def test_a_row_that_is_quarantined_does_not_count_as_removed(works: Works) -> None:
    lines = [f"CVE-2025-{90000 + n},0.1,0.5" for n in range(300)]
    before, after = "2026-03-09T12:55:00Z", "2026-03-10T12:55:00Z"
    works.take_in("epss", epss(*lines, at=before), at=before)

    works.take_in("epss", epss("CVE-2025-90000,n/a,0.5", *lines[1:], at=after), at=after)

    assert works.value("SELECT count(*) FROM company.quarantine WHERE entity = 'CVE-2025-90000'") == 1
    assert works.value("SELECT count(*) FROM patchfirst.epss WHERE cve = 'CVE-2025-90000'") == 1


def test_an_edition_with_the_same_stamp_removes_nothing(works: Works) -> None:
    works.take_in("kev", FIRST)

    batch = works.take_in("kev", kev_of(299))

    assert (batch["status"], batch["removed"]) == ("promoted", 0)
    assert works.value("SELECT count(*) FROM patchfirst.kev") == 300


def test_an_older_batch_that_comes_late_to_promotion_is_refused(works: Works) -> None:
    old = _staged(works, kev_of(300, "2026-03-09T17:00:00.123Z"))
    works.take_in("kev", FIRST)
    works.brain.admin.execute(
        "UPDATE company.batches SET status = 'checked', promoted_at = NULL, promoted = 0, held = 300 WHERE id = %s",
        (old,),
    )

    works.run("promote")

    (batch,) = works.rows("SELECT * FROM company.batches WHERE id = %(id)s", id=old)
    assert (batch["status"], batch["held"], adds_up(batch)) == ("refused", 300, True)


@pytest.mark.parametrize("role", ["check", "scrape_kev", "data_worker", "data_auditor", "data_manager", "owner"])
def test_nobody_but_promote_promotes(works: Works, role: str) -> None:
    batch = _checked(works)

    with refused(NO_RIGHT):
        works.brain.as_role(role).run("promote_batch", batch=batch)

    assert works.value("SELECT count(*) FROM patchfirst.kev") == 0


@pytest.mark.parametrize(
    "role", ["promote", "check", "scrape_kev", "data_worker", "data_auditor", "data_manager", "ceo", "owner"]
)
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO patchfirst.kev (cve, first_seen_at, valid_from, batch_id) VALUES ('CVE-1', now(), now(), 1)",
        "UPDATE patchfirst.kev SET ransomware = true",
        "DELETE FROM patchfirst.kev",
        "DELETE FROM patchfirst.kev_history",
        "UPDATE patchfirst.kev_history SET ransomware = true",
        "UPDATE company.batches SET status = 'checked'",
        "INSERT INTO company.batch_checks VALUES (1, 'keys_remain', 'hold', true, 1, 0, '', 'check', now())",
        "UPDATE company.quarantine SET status = 'discarded'",
    ],
)
def test_canonical_and_its_records_are_written_by_no_login(works_at_rest: Works, role: str, statement: str) -> None:
    with refused(NO_RIGHT):
        works_at_rest.brain.sql(role, statement)


def test_promote_takes_nothing_that_was_not_checked(works: Works) -> None:
    batch = _staged(works)

    with refused("only_a_checked_batch_is_promoted"):
        works.brain.as_role("promote").run("promote_batch", batch=batch)


def test_a_batch_whose_checks_are_missing_is_not_promoted_even_with_the_status_checked(works: Works) -> None:
    batch = _staged(works)
    works.brain.admin.execute("UPDATE company.batches SET status = 'checked', checked_at = now(), checked_by = 'check'")

    with refused("canonical_holds_only_checked_rows"):
        works.brain.as_role("promote").run("promote_batch", batch=batch)


def test_checks_by_the_one_who_staged_do_not_count(works: Works) -> None:
    batch = _checked(works)
    works.brain.admin.execute("UPDATE company.batches SET staged_by = 'check'")

    with refused("canonical_holds_only_checked_rows"):
        works.brain.as_role("promote").run("promote_batch", batch=batch)


def test_rows_added_to_a_checked_batch_stop_it(works: Works) -> None:
    batch = _checked(works)
    with works.brain.admin as past_every_rule:
        past_every_rule.execute("SET session_replication_role = replica")
        past_every_rule.execute(
            "INSERT INTO patchfirst.kev_staging (batch_id, row_no, cve) VALUES (%(b)s, 999, 'CVE-2025-99999')",
            {"b": batch},
        )

    with refused("canonical_holds_only_checked_rows"):
        works.brain.as_role("promote").run("promote_batch", batch=batch)


def test_two_promotions_of_one_batch_end_as_one(works: Works) -> None:
    batch = _checked(works)
    first, second = works.brain.connect("promote"), works.brain.connect("promote")
    refusals: list[BrainError] = []

    def promote_second() -> None:
        try:
            second.run("promote_batch", batch=batch)
        except BrainError as error:
            refusals.append(error)

    with first.transaction():
        first.run("promote_batch", batch=batch)
        other = Thread(target=promote_second)
        other.start()
        _wait_until_blocked(works, other)
    other.join()

    assert [getattr(error, "rule", None) for error in refusals] == ["only_a_checked_batch_is_promoted"]
    assert works.value("SELECT count(*) FROM patchfirst.kev") == 300
    assert works.last_batch()["promoted"] == 300


def _wait_until_blocked(works: Works, thread: Thread) -> None:
    waiting = (
        "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    while thread.is_alive() and not works.brain.admin.execute(waiting).fetchone()["n"]:  # type: ignore[index]
        thread.join(0.01)


def test_staging_of_ended_batches_is_cleared_after_three_days(works: Works) -> None:
    works.take_in("kev", FIRST)
    works.brain.wait(days=4)

    works.take_in("kev", _second())

    assert works.rows("SELECT DISTINCT batch_id FROM patchfirst.kev_staging") == [
        {"batch_id": works.last_batch()["id"]}
    ]


def test_the_story_of_a_row_names_each_batch(works: Works) -> None:
    works.take_in("kev", FIRST)
    works.brain.wait(hours=1)
    works.take_in("kev", _second())

    story = works.brain.owner.all("entity_history", source="kev", key="CVE-2025-90001")

    assert [(s["batch_id"], s["ended_how"], s["was"]["ransomware"]) for s in story] == [
        (1, "changed", False),
        (2, None, True),
    ]


def test_a_role_of_another_source_stages_nothing(works: Works) -> None:
    _staged(works)

    for role, statement in (
        ("scrape_epss", "INSERT INTO patchfirst.kev_staging (batch_id, row_no, cve) VALUES (1, 999, 'CVE-2025-99999')"),
        ("check", "SELECT company.open_batch('kev', 1, now(), NULL, NULL)"),
        (
            "data_worker",
            "SELECT company.record_raw('kev', 'u', 'r', repeat('a', 64), 1, 200, '{}', now(), 'new', NULL, NULL)",
        ),
    ):
        with refused("only_its_writers_stage_a_source"):
            works.brain.sql(role, statement)
