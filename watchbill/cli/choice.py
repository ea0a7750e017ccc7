"""Which company a command line is about: the desk's, or with `--aws` that of a stack. Imports nothing, for --help."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from watchbill.errors import UsageError

OPTION = "--aws"
DEFAULT_STACK = "watchbill"
"""As samconfig.toml names it."""
STACK = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")


@dataclass(frozen=True, eq=False)
class Choice:
    """The stack that one command line names; None is the desk."""

    stack: str | None = None


_CHOSEN = [Choice()]
"""One: a process runs one command line at a time."""


def take_choice(arguments: Sequence[str], environment: Mapping[str, str]) -> list[str]:
    """Takes `--aws`, `--aws STACK` or `--aws=STACK` out of a command line and remembers the stack that it names.

    The word after `--aws` is the stack unless it is an option; without one WATCHBILL_STACK says which, else it is
    samconfig's. Where WATCHBILL_STACK is set, `--aws` may be left out.
    """
    left = list(arguments)
    named = environment.get("WATCHBILL_STACK") or None
    for place, word in enumerate(left):
        if word == OPTION:
            follows = left[place + 1 : place + 2]
            taken = bool(follows) and not follows[0].startswith("-")
            named = follows[0] if taken else named or DEFAULT_STACK
            del left[place : place + 1 + taken]
            break
        if word.startswith(f"{OPTION}="):
            named = word.partition("=")[2]
            del left[place]
            break
    if named is not None:
        require_name(OPTION, named, f" {OPTION} alone goes last.")
    _CHOSEN[:] = [Choice(named)]
    return left


def require_name(option: str, stack: str, more: str = "") -> None:
    """UsageError for a name that no stack can have."""
    if STACK.fullmatch(stack) is None:
        raise UsageError(f"{option} {stack}: the name of a stack has letters, digits and hyphens.{more}")


def chosen_stack() -> str | None:
    """The stack that this command line named; None on the desk."""
    return choice().stack


def choice() -> Choice:
    """The choice of this command line, an object of its own for each."""
    return _CHOSEN[0]
