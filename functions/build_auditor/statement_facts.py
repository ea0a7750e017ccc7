"""What the trial of a changed statement showed, and its steps in the order in which a verdict is taken from them."""

from collections.abc import Sequence
from dataclasses import dataclass

from build_auditor.own_tests import OwnTestFacts
from build_auditor.steps import TrialStep
from company.text.wording import counted, join_with_and

SLOWER = 5.0
"""How many times as long a changed statement may take; below the least that does not matter."""
LEAST_MILLISECONDS = 2000.0


@dataclass(frozen=True)
class StatementFacts(OwnTestFacts):
    """What each step showed; one that was not reached counts as failed.

    rows: those that differ and that the task is about; rows_before: what the statement gave there before. others: what
    else was tried, others_differing: of that. shows: each in words, for the verdict and the owner's question.
    """

    of: str = ""
    outside: Sequence[str] = ()
    applies: int = 0
    broken: Sequence[str] = ()
    rows: int = 0
    rows_before: int = 0
    others: int = 0
    others_differing: int = 0
    differing: Sequence[str] = ()
    beyond: str = ""
    shows: Sequence[str] = ()
    is_tried: bool = False
    milliseconds: float = 0.0
    milliseconds_before: float = 0.0

    @property
    def is_quick(self) -> bool:
        return self.milliseconds <= max(LEAST_MILLISECONDS, SLOWER * self.milliseconds_before)

    @property
    def shown(self) -> str:
        """What a proved change showed."""
        return "; ".join(
            [
                self.tests_shown,
                *self.shows,
                *([f"{counted(self.others, 'other')} as before"] if self.others else []),
                *([self.time] if self.milliseconds else []),
            ]
        )

    @property
    def time(self) -> str:
        return f"it takes {self.milliseconds:,.0f} ms where it took {self.milliseconds_before:,.0f}"

    def steps(self) -> list[TrialStep]:
        """In their order; the first that failed is the verdict."""
        return [*self._of_its_text(), *self._of_its_rows(), *self.steps_of_tests()]

    def _of_its_text(self) -> list[TrialStep]:
        return [
            TrialStep(
                "it touches one statement that can be tried",
                bool(self.outside),
                f"it touches more than one statement that can be tried: {join_with_and(self.outside)}",
            ),
            TrialStep(
                "it fits the deployed code", not self.applies, f"it does not fit the deployed code: {self.error}"
            ),
            TrialStep(
                "its text keeps the rules", bool(self.broken), f"its text breaks a rule: {join_with_and(self.broken)}"
            ),
            TrialStep(
                "it runs where it can only read",
                not self.is_tried,
                f"it cannot be tried: {self.error}",
            ),
        ]

    def _of_its_rows(self) -> list[TrialStep]:
        return [
            TrialStep(
                "what differs is within the bounds", bool(self.beyond), f"it is beyond the bounds: {self.beyond}"
            ),
            TrialStep(
                "nothing else differs",
                bool(self.others_differing),
                f"it changes what its task does not name: {join_with_and(self.differing)}",
            ),
            TrialStep("what it is for differs", not self.rows, "it changes nothing of what its task names"),
            TrialStep(
                "it takes about as long",
                not self.is_quick,
                self.time,
            ),
        ]

    @property
    def may_be_tested(self) -> bool:
        """Whether all that was looked at before its own test holds."""
        return not any(step.has_failed for step in (*self._of_its_text(), *self._of_its_rows()))
