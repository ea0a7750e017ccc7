"""The drill covers the outages that a company must survive, each once, with somebody who must notice it."""

import re
from collections import Counter
from datetime import timedelta
from itertools import pairwise

from tests.contracts.repository import ROOT, records
from watchbill.drill.fault import at_hour
from watchbill.drill.options import DrillOptions
from watchbill.drill.registry import FAULTS
from watchbill.drill.timetable import plan

LEAST = 28
BY_THE_DATABASE = {
    "stale_beat", "short_ledger", "not_flowing", "brief_late", "instructions_in_data", "model_endpoint", "set_aside",
    "clock_cannot_look",
}  # fmt: skip
FREE = {"item_failed"}
"""Kinds that whoever meets one opens."""
WITHOUT_FINDING = {"duplicate", "cut_off", "lease", "root_cause", "raised_again", "refused_change"}


def test_every_fault_is_there_once_and_says_what_it_is() -> None:
    assert len(FAULTS) >= LEAST
    assert [one for one, n in Counter(fault.outage for fault in FAULTS.values()).items() if n > 1] == []


def test_the_signs_of_a_fault_are_kinds_that_somebody_opens() -> None:
    opened = {kind for record in records().values() for kind in record.findings}
    alarms = re.findall(r"AlarmName: !Sub \$\{Company\}-([\w-]+)", (ROOT / "infra" / "template.yaml").read_text())
    known = opened | BY_THE_DATABASE | FREE | WITHOUT_FINDING | set(alarms)

    assert {sign for fault in FAULTS.values() for sign in fault.signs} - known == set()


def test_a_fault_without_a_limit_or_that_never_ends_is_none() -> None:
    assert [f.name for f in FAULTS.values() if f.limit <= timedelta(0) or f.lasts <= timedelta(0)] == []


def test_faults_that_touch_everything_never_stand_at_once() -> None:
    """Whatever the seed: each would explain what the other did."""
    for seed in range(20):
        run = plan(DrillOptions(ROOT, "any", seed=seed))
        alone = [one for one in run.appointments if one.outage.fault.touches_all]
        assert [b.outage.fault.name for a, b in pairwise(alone) if b.plant_at < a.heal_at + timedelta(hours=1)] == []


def test_several_faults_are_planted_one_after_another() -> None:
    run = plan(DrillOptions(ROOT, "any", faults=("heartbeat", "eventbridge", "brain")))

    assert [one.outage.fault.name for one in run.appointments] == ["heartbeat", "eventbridge", "brain"]
    assert all(a.heal_at < b.plant_at for a, b in pairwise(run.appointments))
    assert run.appointments[0].plant_at - run.starts_at >= timedelta(hours=2)


def test_a_fault_of_a_feed_that_comes_in_turn_stands_until_every_source_was_asked() -> None:
    run = plan(DrillOptions(ROOT, "any", faults=("hangs", "truncated", "silent")))

    lasts = {one.outage.fault.name: one.heal_at - one.plant_at for one in run.appointments}
    assert lasts["truncated"] == FAULTS["truncated"].limit > timedelta(hours=6)
    assert lasts["silent"] == FAULTS["silent"].lasts


def test_a_brief_that_does_not_arrive_is_planted_before_a_brief_also_in_turn() -> None:
    for faults in (("no_brief", "brain_restored"), ("brain_restored", "no_brief")):
        run = plan(DrillOptions(ROOT, "any", faults=faults))

        assert [one.outage.fault.name for one in run.appointments] == list(faults)
        assert all(a.heal_at < b.plant_at for a, b in pairwise(run.appointments))
        [planted] = [one.plant_at for one in run.appointments if one.outage.fault.name == "no_brief"]
        assert planted.hour == 6


def test_a_night_with_one_fault_ends_with_the_brief_after_it() -> None:
    for name in FAULTS:
        run = plan(DrillOptions(ROOT, "any", faults=(name,)))
        [one] = run.appointments
        assert (run.ends_at - one.heal_at) < timedelta(days=1)
        assert one.outage.fault.rings or (run.ends_at.hour, run.ends_at.minute) == (7, 0)
        assert run.ends_at - run.starts_at <= timedelta(hours=24), name
    assert at_hour(6) == timedelta(hours=23, minutes=2)
