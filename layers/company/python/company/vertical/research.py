"""What research asks of the canonical data each day: the product names the questions, the company judges the answers.

A study is a pair of functions in the product's SQL. `study_<name>(timestamptz)` gives a row per pattern: `subject`
(which pattern: the same word each day, for what is judged is not proposed again within a week), `title` (the row as a
sentence) and numbers. `past_of_<name>(timestamptz)` tries the same rule on earlier moments and gives `moments`, `calls`
and `held`. The brain runs and stores both. A pattern that is too small is not proposed; one that is too small to act
on, or that was wrong before, is declined with the number that shows it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

ENOUGH_CALLS = 3
"""With fewer earlier predictions their share means nothing."""
HELD_SHARE = 0.5


@dataclass(frozen=True)
class OwnerQuestion:
    """What the owner is asked when a pattern is worth a decision. `question` may name the subject and its numbers.

    It recommends something else than silence does: what needs no answer is a task without a question.
    """

    question: str
    unknown: str
    options: Mapping[str, str]
    recommendation: str
    default_option: str
    """What happens without an answer, which is nothing: no, wait, later, ... (company.harmless_options)."""
    acts_on: str = "yes"
    """The answer that becomes a task."""
    builds: str = ""
    """What the build task asks for; without it, the pattern is measured again in a week."""

    def __post_init__(self) -> None:
        if self.recommendation == self.default_option:
            raise ValueError(f"{self.question}: what is recommended is what silence does: no owner needs to be asked")


@dataclass(frozen=True)
class Study:
    """One question to the data, by its name in the product's SQL, and how large its numbers must be."""

    name: str
    smallest: Mapping[str, float]
    """The least that each of these numbers must be before a row is proposed."""
    worth: Mapping[str, float]
    """The least that they must be before anything is done about it."""
    question: OwnerQuestion | None = None
    """With a question, a pattern that is large enough becomes a decision of the owner; without, a task."""
    is_of_weights: bool = False
    """Not asked each day: other weights of the score are tried on request (backtest_weights)."""


OTHER_WEIGHTS = Study(
    name="other_weights",
    smallest={"more_1000": 1},
    worth={"more_1000": 3},
    question=OwnerQuestion(
        question="Other weights had {more_1000:g} more of {came:g} among the first 1,000. Have them written?",
        unknown="how they change the order of what has not happened yet",
        options={"yes": "a build task asks for them, with their backtest", "no": "the weights stay"},
        recommendation="yes",
        default_option="no",
        builds="Weigh the parts of the score as tried",
    ),
    is_of_weights=True,
)
"""For any product that has scores and outcomes to compare them with."""


def below_least(numbers: Mapping[str, float], wanted: Mapping[str, float]) -> list[str]:
    """Which numbers are below their least value: 'recent is 2 and not 5'."""
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
    """The backtest as a short text, also when it is small."""
    if not past.get("moments"):
        return "no earlier moment to try it on"
    return (
        f"tried on {past['moments']:g} earlier moments: {past.get('held', 0):g} of {past.get('calls', 0):g} calls held"
    )
