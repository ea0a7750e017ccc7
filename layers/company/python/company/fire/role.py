"""What a role's module hands to its fires: one typed record, ROLE, at the end of its book.py or work.py."""

from collections.abc import Callable
from dataclasses import dataclass

from company.fire.fire import Fire
from company.outcomes import Done, Evidence, Outcome


def _always_work(_fire: Fire) -> None:
    """No preflight: there may always be something to do."""


def _settle_nothing(_fire: Fire) -> Evidence:
    return {}


def _owe_nothing(_fire: Fire, _done: Done) -> Evidence:
    return {}


@dataclass(frozen=True)
class RoleCode:
    """What the role does in a fire: the book of an employee, the work of a machine."""

    work: Callable[[Fire], Outcome]
    preflight: Callable[[Fire], str | None] = _always_work
    """A reason why there is nothing to do, found cheaply; None to go to work."""
    before_thinking: Callable[[Fire], Evidence] = _settle_nothing
    """What plain code settles before a model is asked; its figures join the evidence."""
    duties: Callable[[Fire, Done], Evidence] = _owe_nothing
    """What plain code does after the model's finish, however it finished; its figures join the evidence."""


def _never_fired(_fire: Fire) -> Outcome:
    raise AssertionError("this role answers requests and has no fires")


NO_FIRES = RoleCode(work=_never_fired)
"""For a role that has a container and no schedule, as the console."""
