"""What research asks of the canonical data each day: the product names the questions, the company keeps the manners.

A study is a pair of functions in the product's SQL. `study_<name>(timestamptz)` gives a row per pattern: `subject`,
`title` (the row as a sentence) and numbers. `past_of_<name>(timestamptz)` tries the same rule on earlier moments and
gives `moments`, `calls` and `held`. The brain runs and keeps both. What is too small to tell is not proposed; what is
too small to act on, or did not hold before, is declined with the number that says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass

ENOUGH_CALLS = 3
"""With fewer earlier calls their share says nothing."""
HELD_SHARE = 0.5


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
    """One question to the data, by its name in the product's SQL, and how large an answer must be."""

    name: str
    smallest: Mapping[str, float]
    """What each of these numbers must reach before a row is proposed at all."""
    worth: Mapping[str, float]
    """What they must reach before anything is done about it."""
    question: Question | None = None
    """With one, a worthy pattern becomes a decision of the owner; without, a task that follows it up."""
    is_of_weights: bool = False
    """Not asked each day: other weights of the score are tried when somebody has an idea (backtest_weights)."""


OTHER_WEIGHTS = Study(
    name="other_weights",
    smallest={"more_1000": 1},
    worth={"more_1000": 3},
    question=Question(
        question="Other weights had {more_1000:g} more of {came:g} among the first 1,000. Have them written?",
        unknown="what they do to the order of what has not come true yet",
        options={"yes": "a build task asks for them, with their backtest", "no": "the weights stay"},
        recommendation="yes",
        default_option="no",
        builds="Weigh the parts of the score as tried",
    ),
    is_of_weights=True,
)
"""Of any product that scores and says what comes true."""


def missing(numbers: Mapping[str, float], wanted: Mapping[str, float]) -> list[str]:
    """Which numbers do not reach what is wanted, in words: 'recent is 2 and not 5'."""
    return [
        f"{name} is {numbers.get(name, 0):g} and not {least:g}"
        for name, least in wanted.items()
        if numbers.get(name, 0) < least
    ]


def failed_backtest(past: Mapping[str, float]) -> list[str]:
    """Whether the same rule was wrong too often at earlier moments: 'of 6 such calls before, 1 held'."""
    calls, held = past.get("calls", 0), past.get("held", 0)
    if calls < ENOUGH_CALLS or held >= HELD_SHARE * calls:
        return []
    return [f"of {calls:g} such calls before, {held:g} held"]


def describe_backtest(past: Mapping[str, float]) -> str:
    """The backtest in a few words, also when there is little of it."""
    if not past.get("moments"):
        return "no earlier moment to try it on"
    return (
        f"tried on {past['moments']:g} earlier moments: {past.get('held', 0):g} of {past.get('calls', 0):g} calls held"
    )
