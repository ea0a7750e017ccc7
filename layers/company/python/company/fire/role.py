"""The code of a role: one typed record, ROLE, at the end of its book.py or work.py."""

from collections.abc import Callable
from dataclasses import dataclass

from company.fire.fire import Fire
from company.outcomes import Done, Evidence, Outcome


def _always_work(_fire: Fire) -> None:
    """For a role without a preflight: there may always be something to do."""


def _do_nothing_before(_fire: Fire) -> Evidence:
    return {}


def _no_duties(_fire: Fire, _done: Done) -> Evidence:
    return {}


@dataclass(frozen=True)
class RoleCode:
    """What the role does in a fire. work: the book of an employee, or the work of a machine."""

    work: Callable[[Fire], Outcome]
    preflight: Callable[[Fire], str | None] = _always_work
    """The reason why there is nothing to do, found by a cheap query; None to work."""
    before_model: Callable[[Fire], Evidence] = _do_nothing_before
    """What plain code does before the model is asked; its figures join the evidence."""
    duties: Callable[[Fire, Done], Evidence] = _no_duties
    """What plain code does after the model's finish, whatever the model did; its figures join the evidence."""


def _never_fired(_fire: Fire) -> Outcome:
    raise AssertionError("this role answers requests and has no fires")


NO_FIRES = RoleCode(work=_never_fired)
"""For a role that has a container and no schedule, such as the console."""
