"""Calls that the company's own code made: what a random call starts from, with one argument or another exchanged."""

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from unittest.mock import patch

from company.brain import Brain
from tests.fuzz.values import Values

OF_A_ROLE = 6
"""Calls of one query by one role that are kept."""
SHARE_BY_ANOTHER = 0.25
SHARE_THAT_WRITE = 0.9
SHARE_EXCHANGED = 0.15
SHARE_OF_IDS_EXCHANGED = 0.8
"""What an id meant when the call was made is mostly over."""
TYPES: Mapping[type, str] = {str: "text", int: "bigint", datetime: "timestamp with time zone", float: "numeric"}


@dataclass(frozen=True)
class RealCall:
    """One call of a named query, as a role made it. values: by the query's argument."""

    role: str
    query: str
    values: Mapping[str, object]


@dataclass
class Corpus:
    """Calls to start from by query, at most some of each role."""

    company: str
    calls: dict[str, list[RealCall]] = field(default_factory=dict)
    writing: list[str] = field(default_factory=list)

    def add(self, call: RealCall) -> None:
        alike = self.calls.setdefault(call.query, [])
        if len([known for known in alike if known.role == call.role]) < OF_A_ROLE:
            alike.append(call)

    def prefer(self, writing: set[str]) -> None:
        """These queries write: most calls are of them."""
        self.writing = [query for query in self.calls if query in writing]

    def draw(self, dice: random.Random, values: Values, other: str) -> RealCall:
        """A call with some arguments exchanged, mostly by the role whose it is, else by the other."""
        names = self.writing if dice.random() < SHARE_THAT_WRITE else list(self.calls)
        known = dice.choice(self.calls[dice.choice(names)])
        caller = other if dice.random() < SHARE_BY_ANOTHER else known.role
        changed = {name: _exchanged(dice, values, name, value, caller) for name, value in known.values.items()}
        return RealCall(caller, known.query, changed)


def _exchanged(dice: random.Random, values: Values, name: str, value: object, role: str) -> object:
    if name == "session_id" and dice.random() < 0.9:
        return values.sessions.get(role, value)
    if dice.random() > (SHARE_OF_IDS_EXCHANGED if name.endswith("_id") else SHARE_EXCHANGED):
        return value
    if isinstance(value, bool):
        return not value
    of_type = TYPES.get(type(value))
    if of_type is None:
        return dice.choice([value, None, {}, value])
    drawn = values.draw(name, of_type, role)
    return int(drawn) if isinstance(value, int) and drawn is not None else drawn


@contextmanager
def recorded_calls(company: str) -> Iterator[Corpus]:
    """What the company's code asks of the brain within this block. company: the prefix of its logins."""
    corpus = Corpus(company)
    with patch.object(Brain, "_execute", _noting(Brain._execute, corpus)):
        yield corpus


def _noting(original: Callable[..., Any], corpus: Corpus) -> Callable[..., Any]:
    def noted(self: Brain, made_by: object, query: str, values: Mapping[str, object]) -> Any:
        role = self.connection.info.user.removeprefix(f"{corpus.company}_")
        corpus.add(RealCall(role, query, dict(values)))
        return original(self, made_by, query, values)

    return noted
