"""What research asks of the canonical data each day: the product names the questions, the company keeps the manners.

A study is a named query; each of its rows is one pattern, with a `subject` and numbers. What is too small to tell is
not proposed, and what is too small to act on is declined with the number that was missing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Question:
    """What the owner is asked when a pattern is worth a decision. `question` may name the subject and its numbers."""

    question: str
    unknown: str
    options: Mapping[str, str]
    recommendation: str
    default_option: str
    """The safe one: silence never opens, sends, spends or deploys."""
    acts_on: str = "yes"
    """The answer that becomes a task."""
    builds: str = ""
    """What the build task asks for; without it, the pattern is measured again in a week."""


@dataclass(frozen=True)
class Study:
    """One question to the data. The query takes `until`; it gives `subject` and one column for each number.

    A column `looked_at` says how many things a row rests on; without it each row is one thing.
    """

    name: str
    query: str
    sentence: str
    """What a row says: '{subject}: {recent:g} where {expected:g} were usual'."""
    smallest: Mapping[str, float]
    """What each of these numbers must reach before a row is proposed at all."""
    worth: Mapping[str, float]
    """What they must reach before anything is done about it."""
    question: Question | None = None
    """With one, a worthy pattern becomes a decision of the owner; without, a task that follows it up."""


@dataclass(frozen=True)
class Pattern:
    """One row of a study, as numbers."""

    subject: str
    numbers: Mapping[str, float]
    looked_at: int


def patterns(rows: Sequence[Mapping[str, Any]]) -> list[Pattern]:
    """The rows of a study's query."""
    found = []
    for row in rows:
        numbers = {
            name: round(float(value), 3) for name, value in row.items() if name != "subject" and value is not None
        }
        found.append(Pattern(str(row["subject"]), numbers, int(numbers.pop("looked_at", 1))))
    return found


def missing(numbers: Mapping[str, float], wanted: Mapping[str, float]) -> list[str]:
    """Which numbers do not reach what is wanted, in words: 'recent is 2 and not 5'."""
    return [
        f"{name} is {numbers.get(name, 0):g} and not {least:g}"
        for name, least in wanted.items()
        if numbers.get(name, 0) < least
    ]
