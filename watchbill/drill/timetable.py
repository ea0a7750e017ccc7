"""When each fault of a run is planted and healed: all over one week, or one of them on one night."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from watchbill.drill.fault import Fault, Outage
from watchbill.drill.options import DAYS, DrillOptions
from watchbill.drill.registry import FAULTS

JITTER_MINUTES = 9
"""By which a seed moves a fault; more would move it into another's time."""
A_DAY = timedelta(days=1)
FIRST_AFTER = timedelta(hours=2, minutes=2)
"""A company of an hour has looked at everything once."""
BETWEEN = timedelta(minutes=80)
"""An hourly fire, and the beat after it."""


@dataclass(frozen=True)
class Appointment:
    """One outage, and when it is planted and healed."""

    outage: Outage
    plant_at: datetime
    heal_at: datetime


@dataclass(frozen=True)
class DrillSpan:
    """The span of a drill in simulated time, and what happens in it."""

    starts_at: datetime
    ends_at: datetime
    appointments: Sequence[Appointment]


def plan(options: DrillOptions) -> DrillSpan:
    named = [FAULTS[name] for name in options.faults]
    if named:
        return _night(options, named[0]) if len(named) == 1 else _in_turn(options, named)
    chance = Random(options.seed)
    begins = options.week_starts_at
    appointments = [_appointment(fault, begins + fault.day * A_DAY + fault.after, chance) for fault in FAULTS.values()]
    ends_at = max(begins + DAYS * A_DAY, *(one.heal_at + timedelta(hours=1) for one in appointments))
    return DrillSpan(begins, ends_at, sorted(appointments, key=lambda one: one.plant_at))


def _night(options: DrillOptions, fault: Fault) -> DrillSpan:
    """From an hour before the fault to the brief after its end, or, where it rings, until it is over."""
    planted = options.week_starts_at + fault.day * A_DAY + fault.alone_at
    one = _appointment(fault, planted, Random(options.seed))
    if fault.rings:
        return DrillSpan(planted - fault.starts, one.heal_at + BETWEEN, [one])
    return DrillSpan(planted - fault.starts, _next_morning(options.week_starts_at, one.heal_at), [one])


def _next_morning(begins: datetime, at: datetime) -> datetime:
    """The 07:00 after this moment, a whole number of days after the beginning."""
    return begins + A_DAY * -(-(at - begins) // A_DAY)


def _in_turn(options: DrillOptions, faults: Sequence[Fault]) -> DrillSpan:
    """One after another on one day, each when the one before it has been over for a while."""
    begins, chance = options.week_starts_at, Random(options.seed)
    appointments: list[Appointment] = []
    for fault in faults:
        free_at = appointments[-1].heal_at + BETWEEN if appointments else begins + FIRST_AFTER
        appointments.append(_appointment(fault, free_at, chance))
    over_at = appointments[-1].heal_at + BETWEEN
    return DrillSpan(
        begins, over_at if all(fault.rings for fault in faults) else _next_morning(begins, over_at), appointments
    )


def _appointment(fault: Fault, at: datetime, chance: Random) -> Appointment:
    at += timedelta(minutes=chance.randrange(JITTER_MINUTES) if fault.may_move else 0)
    return Appointment(Outage(fault), at, at + fault.lasts)
