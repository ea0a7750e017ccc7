"""Two faults at once: which may stand beside which, and where a pair stands in the week.

The first of a pair keeps its usual hour, because some are noticed at certain hours only. The second is one that is
noticed within two hours whenever it is planted. Each pair has its span of the week to itself.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from watchbill.drill.appointments import A_DAY, Appointment, appointment
from watchbill.drill.fault import EVENING, HOUR, Fault, Outage
from watchbill.drill.options import DAYS
from watchbill.drill.registry import FAULTS
from watchbill.errors import UsageError

Pair = tuple[Appointment, Appointment]
A_MINUTE, SOON = timedelta(minutes=1), timedelta(minutes=5)
APART = 2 * HOUR
"""Between the end of one pair and the next: time to prepare a fault, and to notice that the last one is over."""


def in_pairs(wanted: int, begins: datetime, chance: Random) -> list[Appointment]:
    """So many pairs, drawn by chance, by the time of their planting; UsageError when the week has no room for them."""
    pairs: list[Pair] = []
    for first in chance.sample(list(FAULTS.values()), len(FAULTS)):
        if len(pairs) < wanted and (pair := _pair(first, pairs, begins, chance)) is not None:
            pairs.append(pair)
    if len(pairs) < wanted:
        raise UsageError(f"--pairs: by this seed {len(pairs)} pairs fit into the week; ask for {len(pairs)} or fewer.")
    return sorted((one for pair in pairs for one in pair), key=lambda one: one.plant_at)


def may_stand_beside(first: Fault, second: Fault) -> bool:
    """Whether both can be noticed at once: each takes other roles, and neither undoes or hides what the other is."""
    return (
        first.name != second.name
        and first.takes.isdisjoint(second.takes)
        and not (first.hides_others and (second.hides_others or second.holds_connection))
        and not (first.holds_connection and second.hides_others)
        and _is_noticed_at_any_hour(second)
    )


def _is_noticed_at_any_hour(fault: Fault) -> bool:
    return fault.limit <= 2 * HOUR and fault.alone_at == EVENING and fault.may_move and fault.prepare is None


def _pair(first: Fault, pairs: Sequence[Pair], begins: datetime, chance: Random) -> Pair | None:
    """This fault and one beside it; None where its hours are taken, or nothing that is left may stand beside it."""
    used = {one.outage.fault.name for pair in pairs for one in pair}
    others = [other for other in FAULTS.values() if other.name not in used and may_stand_beside(first, other)]
    if first.name in used or not others:
        return None
    at = begins + first.day * A_DAY + first.after
    pair = _at_once(appointment(first, at, chance), chance.choice(others))
    ends = begins + DAYS * A_DAY - HOUR
    is_free = all(_end(pair) + APART <= _start(other) or _end(other) + APART <= _start(pair) for other in pairs)
    return pair if is_free and _end(pair) <= ends else None


def _at_once(one: Appointment, other: Fault) -> Pair:
    """The second beside the first. One that stops the watch is planted last and healed first: it may stop both."""
    first = one.outage.fault
    at = one.plant_at - A_MINUTE if first.hides_others and first.prepare is None else one.plant_at + A_MINUTE
    both_until = at + other.lasts if other.hides_others else one.heal_at
    heal_at = max(at + other.lasts, both_until + SOON) if first.hides_others else at + other.lasts
    usual_end = max(one.heal_at, both_until + SOON) if other.hides_others else one.heal_at
    beside = Appointment(Outage(_beside(other, first), first.name), at, heal_at)
    return Appointment(Outage(_beside(first, other), other.name), one.plant_at, usual_end), beside


def _beside(fault: Fault, other: Fault) -> Fault:
    """While the other one stops the watch nobody notices this one: it has so much longer."""
    return replace(fault, limit=fault.limit + other.lasts) if other.hides_others and not fault.hides_others else fault


def _start(pair: Pair) -> datetime:
    return min(one.plant_at for one in pair)


def _end(pair: Pair) -> datetime:
    return max(one.heal_at for one in pair)
