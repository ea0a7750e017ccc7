"""The built template as a company on another emulator of AWS, in real time: `make emulator`.

It is deployed by the SAM command line, beats by the emulator's own scheduler, reads a feed, writes the brief, is
deployed again, survives a migrate that fails, and is taken down. stand_ins.py lists what the emulator lacks.
"""

import shutil
from pathlib import Path

import pytest

from tests.emulator.conftest import ENTRIES
from tests.emulator.running import BUILT, COMPANY, STACK, Emulator
from watchbill.setup.wanted import ROOT

pytestmark = pytest.mark.emulator
BEATS = "SELECT count(*) AS n FROM company.beats HAVING count(*) >= {least}"
PROMOTED = "SELECT promoted FROM company.batches WHERE source = 'kev' AND status = 'promoted'"
BRIEF = "SELECT body, sent_at FROM company.briefs WHERE sent_at IS NOT NULL"
WORKED = "SELECT schedule FROM company.slots WHERE role = '{role}' AND status = 'succeeded'"
NO_LEDGER = """
SELECT role FROM company.roster r WHERE left_at IS NULL AND schedule_expression IS NOT NULL
  AND NOT EXISTS (SELECT FROM company.slots s WHERE s.schedule = r.role AND s.due_at > now() AND s.status = 'expected')
  AND role NOT IN ('audit_auditor', 'planter')
"""
"""Roles without a slot ahead; the two of these are weekly, and the ledger is of the next day."""
FAILED = "SELECT role, reason FROM company.sessions WHERE outcome = 'failed'"


def test_a_company_is_deployed_works_is_deployed_again_and_is_taken_down(emulator: Emulator, tmp_path: Path) -> None:
    first = emulator.deploy_guided()
    assert first.code == 0 and "Deploy this changeset?" in first.questions, first.output
    it_has_what_the_template_says(emulator)
    it_beats_and_its_ledger_is_full(emulator)
    it_reads_a_feed_and_writes_the_brief(emulator)
    a_changed_function_is_deployed(emulator, tmp_path)
    a_failed_migrate_rolls_the_stack_back(emulator, tmp_path)
    it_is_taken_down(emulator)


def it_has_what_the_template_says(emulator: Emulator) -> None:
    functions = emulator.client("lambda").list_functions(MaxItems=100)["Functions"]
    schedules = emulator.client("scheduler").list_schedules(GroupName=COMPANY)["Schedules"]
    roles = emulator.rows("SELECT role FROM company.roster WHERE left_at IS NULL AND schedule_expression IS NOT NULL")
    assert {one["Name"] for one in schedules} == {row["role"] for row in roles}
    assert len(functions) > len(schedules) > 30


def it_beats_and_its_ledger_is_full(emulator: Emulator) -> None:
    """The schedule of five minutes fires by itself; the first sweep of the emulator only notes the time."""
    emulator.wait_for("a beat by the schedule itself", BEATS.format(least=1), minutes=7)
    assert emulator.rows(NO_LEDGER) == []
    assert emulator.rows(FAILED) == []


def it_reads_a_feed_and_writes_the_brief(emulator: Emulator) -> None:
    for role in ("scrape_kev", "check", "promote"):
        ended = emulator.work(role)
        # The emulator keeps the real time: the role's own schedule may have done it a minute before.
        assert ended["status"] in ("succeeded", "skipped"), (role, ended)
        assert emulator.rows(WORKED.format(role=role)) != [], (role, ended)
    assert emulator.wait_for("the feed's edition", PROMOTED, minutes=1) == {"promoted": ENTRIES}
    emulator.fire("ceo")
    brief = emulator.wait_for("the brief, mailed", BRIEF, minutes=2)
    assert "Morning brief" in str(brief["body"])


def a_changed_function_is_deployed(emulator: Emulator, folder: Path) -> None:
    """One function's code and the release; its code is another afterwards, and it works."""
    before = code_of(emulator)
    code = Path(shutil.copytree(BUILT / "Check", folder / "check"))
    handler = code / "check/handler.py"
    handler.write_text(handler.read_text("utf-8") + "\nCHANGED = True\n", encoding="utf-8")

    again = emulator.deploy("2", changed={"Check": code})

    assert again.is_ok, again.output
    after = code_of(emulator)
    assert {name for name in before if before[name] != after[name]} == {f"{COMPANY}-check"}
    beats = emulator.rows("SELECT count(*) AS n FROM company.beats")[0]["n"]
    emulator.wait_for("a beat after the deploy", BEATS.format(least=beats + 1), minutes=7)


def a_failed_migrate_rolls_the_stack_back(emulator: Emulator, folder: Path) -> None:
    broken = Path(shutil.copytree(ROOT / "sql", folder / "sql"))
    (broken / "company/migrations/9999_breaks.sql").write_text(
        "-- Why: a test.\nCREATE TABLE company.half (); SELECT no;"
    )

    failed = emulator.deploy("3", sql=broken, changed={"SqlLayer": broken})

    [stack] = emulator.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
    assert (failed.is_ok, stack["StackStatus"]) == (False, "UPDATE_ROLLBACK_COMPLETE"), failed.output
    events = emulator.client("cloudformation").describe_stack_events(StackName=STACK)["StackEvents"]
    assert any("9999_breaks.sql" in event.get("ResourceStatusReason", "") for event in events), events
    assert emulator.rows("SELECT to_regclass('company.half') AS found") == [{"found": None}]
    beats = emulator.rows("SELECT count(*) AS n FROM company.beats")[0]["n"]
    emulator.wait_for("a beat after the rollback", BEATS.format(least=beats + 1), minutes=7)


def it_is_taken_down(emulator: Emulator) -> None:
    """Nothing of ours is left but the bucket, which the template keeps, and the brain, which is not in the stack."""
    emulator.client("cloudformation").delete_stack(StackName=STACK)
    emulator.client("cloudformation").get_waiter("stack_delete_complete").wait(
        StackName=STACK, WaiterConfig={"Delay": 2, "MaxAttempts": 60}
    )
    buckets = {one["Name"] for one in emulator.client("s3").list_buckets()["Buckets"]}
    assert emulator.client("lambda").list_functions()["Functions"] == []
    assert [g["Name"] for g in emulator.client("scheduler").list_schedule_groups()["ScheduleGroups"]] == ["default"]
    assert any("bucket" in name for name in buckets - {"sam"})
    assert emulator.rows("SELECT count(*) > 0 AS remains FROM company.slots") == [{"remains": True}]


def code_of(emulator: Emulator) -> dict[str, str]:
    functions = emulator.client("lambda").list_functions(MaxItems=100)["Functions"]
    return {one["FunctionName"]: one["CodeSha256"] for one in functions}
