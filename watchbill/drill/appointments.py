"""One fault's place in a run: when it is planted and healed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from watchbill.drill.fault import Fault, Outage

JITTER_MINUTES = 9
"""By which a seed moves a fault; more would move it into another's time."""
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Appointment:
    """One outage, and when it is planted and healed."""

    outage: Outage
    plant_at: datetime
    heal_at: datetime


def appointment(fault: Fault, at: datetime, chance: Random) -> Appointment:
    at += timedelta(minutes=chance.randrange(JITTER_MINUTES) if fault.may_move else 0)
    return Appointment(Outage(fault), at, at + fault.lasts)
