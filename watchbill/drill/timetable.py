"""When each fault of a run is planted and healed: all over one week, or one of them on one night."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from watchbill.drill.appointments import A_DAY, Appointment, appointment
from watchbill.drill.fault import Fault
from watchbill.drill.options import DAYS, DrillOptions
from watchbill.drill.pairs import in_pairs
from watchbill.drill.registry import FAULTS

FIRST_AFTER = timedelta(hours=2, minutes=2)
"""A company of an hour has looked at everything once."""
BETWEEN = timedelta(minutes=80)
"""An hourly fire, and the beat after it."""


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
    chance, begins = Random(options.seed), options.week_starts_at
    if options.pairs:
        return _of_pairs(begins, in_pairs(options.pairs, begins, chance))
    appointments = [appointment(fault, begins + fault.day * A_DAY + fault.after, chance) for fault in FAULTS.values()]
    ends_at = max(begins + DAYS * A_DAY, *(one.heal_at + timedelta(hours=1) for one in appointments))
    return DrillSpan(begins, ends_at, sorted(appointments, key=lambda one: one.plant_at))


def _night(options: DrillOptions, fault: Fault) -> DrillSpan:
    """From an hour before the fault to the brief after its end, or, where it rings, until it is over."""
    planted = options.week_starts_at + fault.day * A_DAY + fault.alone_at
    one = appointment(fault, planted, Random(options.seed))
    if fault.rings:
        return DrillSpan(planted - fault.starts, one.heal_at + BETWEEN, [one])
    return DrillSpan(planted - fault.starts, _next_morning(options.week_starts_at, one.heal_at), [one])


def _of_pairs(begins: datetime, appointments: Sequence[Appointment]) -> DrillSpan:
    """From the 07:00 before the first of them to the brief after the last."""
    days_before = (appointments[0].plant_at - begins) // A_DAY
    over_at = max(one.heal_at for one in appointments)
    return DrillSpan(begins + days_before * A_DAY, _next_morning(begins, over_at), appointments)


def _next_morning(begins: datetime, at: datetime) -> datetime:
    """The 07:00 after this moment, a whole number of days after the beginning."""
    return begins + A_DAY * -(-(at - begins) // A_DAY)


def _until_it_is_asked(fault: Fault) -> Fault:
    """Of a feed, at an hour that is not its own: it stands until every source has been asked once."""
    return replace(fault, lasts=max(fault.lasts, fault.limit)) if fault.is_of_a_feed else fault


def _its_hour(fault: Fault, begins: datetime, free_at: datetime) -> datetime:
    """When it may be planted: at once, or at the next such hour where it shows at no other."""
    waits = (begins + fault.alone_at - free_at) % A_DAY
    return free_at + waits if fault.shows_at_its_hour else free_at


def _in_turn(options: DrillOptions, faults: Sequence[Fault]) -> DrillSpan:
    """One after another, each when the one before it has been over for a while."""
    begins, chance = options.week_starts_at, Random(options.seed)
    appointments: list[Appointment] = []
    for fault in faults:
        free_at = appointments[-1].heal_at + BETWEEN if appointments else begins + FIRST_AFTER
        plant_at = _its_hour(fault, begins, free_at)
        appointments.append(appointment(_until_it_is_asked(fault), plant_at, chance))
    over_at = appointments[-1].heal_at + BETWEEN
    return DrillSpan(
        begins, over_at if all(fault.rings for fault in faults) else _next_morning(begins, over_at), appointments
    )
