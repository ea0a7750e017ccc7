"""Every fault that can be planted, by its name."""

from watchbill.drill.fault import Fault
from watchbill.drill.faults import brain, builds, feeds, hostile, money, schedules, sessions, staff

FAULTS: dict[str, Fault] = {
    fault.name: fault
    for room in (schedules, sessions, staff, feeds, builds, hostile, money, brain)
    for fault in room.FAULTS
}
