"""Each item apart: what is refused or fails for one item is kept for its finding, and the others are done.

Every loop of a machine that writes or calls AWS goes through here (a contract test). What ends the whole fire is
raised on: a lost connection to the brain, a spent budget, and whatever is no ordinary error.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from company.errors import BrainUnreachable
from company.fire.fire import Fire
from company.money.budget import BudgetSpent

T = TypeVar("T")
R = TypeVar("R")


def each(
    fire: Fire, what: str, items: Iterable[T], act: Callable[[T], R], *, name: Callable[[T], object] = str
) -> list[R]:
    """Does act for each item; gives the results of those for which it worked, in order.

    what: the items in the plural, as a finding's title has them. name: what tells one item from the others.
    In a transaction each item is a savepoint. Outside, each statement commits by itself, or in act's own transaction.
    """
    tries = fire.journal.tries_of(what)
    done: list[R] = []
    for item in items:
        subject = str(name(item))
        try:
            with fire.brain.savepoint():
                result = act(item)
        except Exception as error:
            if ends_the_fire(fire, error):
                raise
            fire.log.exception("one item failed; the others are done", what=what, item=subject)
            tries.note_failed(subject, error)
        else:
            tries.note_worked(subject)
            done.append(result)
    tries.end()
    return done


def together(
    fire: Fire, what: str, items: Sequence[T], act: Callable[[Sequence[T]], R], *, name: Callable[[T], object] = str
) -> list[R]:
    """The same where one statement does all of them: act takes all, and each alone only where all at once fail."""
    if not items:
        fire.journal.tries_of(what).end()
        return []
    try:
        with fire.brain.transaction():
            done = [act(items)]
    except Exception as error:
        if ends_the_fire(fire, error):
            raise
        return each(fire, what, items, lambda item: act([item]), name=name)
    tries = fire.journal.tries_of(what)
    for item in items:
        tries.note_worked(str(name(item)))
    tries.end()
    return done


def attempt(fire: Fire, what: str, act: Callable[[], R], otherwise: R) -> R:
    """The same for one thing that others must not wait for: its result, or what is given otherwise when it fails."""
    return next(iter(each(fire, what, (what,), lambda _: act())), otherwise)


def ends_the_fire(fire: Fire, error: Exception) -> bool:
    """Whether nothing more can be done in this fire: its connection is lost, or its budget is spent."""
    return isinstance(error, BrainUnreachable | BudgetSpent) or not fire.brain.is_usable()
