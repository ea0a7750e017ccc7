"""What the trial of a change of code, or of a source's list, showed, and its steps in the order of a verdict."""

from collections.abc import Sequence
from dataclasses import dataclass

from build_auditor.own_tests import OwnTestFacts
from build_auditor.steps import TrialStep
from company.text.wording import counted, join_with_and

KEYS_KEPT = 0.9
"""The least share of the last good document's keys. The stream's own limit guards the rows, this one their reading."""


@dataclass(frozen=True)
class CodeFacts(OwnTestFacts):
    """What each step of a change of code or of a source's list showed; one that was not reached counts as failed.

    rows: read of the documents that the change is for; rows_before: of the last good ones of their sources; keys_kept:
    the least share of a good one's keys, 0 to 1. others: documents that must be read as before, others_differing: those
    that are not; differing: their names. rows_differing: rows in all documents. left_out: documents too large for a
    trial. damaged: copies that must be refused. by_word: documents that differ by the word alone that now means
    something. is_unread: nothing came from a new address yet.
    """

    outside: Sequence[str] = ()
    applies: int = 0
    rows: int = 0
    rows_before: int = 0
    is_within_limits: bool = False
    keys_kept: float = 0.0
    others: int = 0
    others_differing: int = 0
    differing: Sequence[str] = ()
    rows_differing: int = 0
    left_out: int = 0
    broken: Sequence[str] = ()
    line_doubt: str = ""
    damaged: int = 0
    by_word: Sequence[str] = ()
    is_unread: bool = False

    @property
    def shown(self) -> str:
        """What a proved change showed."""
        rows = f"{counted(self.rows, 'row')} read where the last good document has {self.rows_before:,}"
        return (
            f"{self.tests_shown}; {rows}, {100 * self.keys_kept:.0f} % of its keys kept; "
            f"{counted(self.others, 'other document')} read as before"
            + (f"; {counted(self.damaged, 'damaged copy', 'damaged copies')} refused as before" if self.damaged else "")
            + ("; nothing has been read from its new address yet, which the owner allowed" if self.is_unread else "")
            + (f"; the word changes {join_with_and(self.by_word)}" if self.by_word else "")
        )

    def steps(self) -> list[TrialStep]:
        """In their order; the first that failed is the verdict."""
        return [*self._of_its_text(), *self.steps_of_tests(), *self._of_what_it_reads()]

    def _of_its_text(self) -> list[TrialStep]:
        return [
            TrialStep(
                "it touches only what a replay shows",
                bool(self.outside),
                f"it touches more than lists, its source's reader and new tests: {join_with_and(self.outside)}",
            ),
            TrialStep(
                "its code keeps the rules",
                bool(self.broken),
                f"its code breaks a rule: {join_with_and(self.broken)}",
            ),
            TrialStep(
                "a new address or meaning is shown",
                bool(self.line_doubt),
                f"what it says is not shown: {self.line_doubt}",
            ),
            TrialStep(
                "it fits the deployed code", not self.applies, f"it does not fit the deployed code: {self.error}"
            ),
        ]

    def _of_what_it_reads(self) -> list[TrialStep]:
        return [
            TrialStep("the document is read", not self.rows, f"the document is still not read: {self.error}"),
            TrialStep(
                "the rows are within the limits",
                not self.is_within_limits,
                f"{counted(self.rows, 'row is', 'rows are')} read, the last good document has {self.rows_before:,}",
            ),
            TrialStep(
                "the keys are kept",
                self.keys_kept < KEYS_KEPT,
                f"only {100 * self.keys_kept:.0f} % of the last good document's keys are kept",
            ),
            TrialStep(
                "other documents are read as before",
                bool(self.others_differing),
                f"it changes how others are read: {join_with_and(self.differing)}",
            ),
        ]
