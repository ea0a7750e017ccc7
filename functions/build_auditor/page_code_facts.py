"""What the trial of code that writes customers' pages showed, and its steps in the order in which a verdict is taken.

Numbers of pages and deliveries, places in the code, types of errors; nothing of a customer.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from build_auditor.own_tests import OwnTestFacts
from build_auditor.steps import TrialStep
from company.text.wording import counted, join_with_and


@dataclass(frozen=True)
class PageCodeFacts(OwnTestFacts):
    """What each step showed; one that was not reached counts as failed.

    rows: pages of its task that can be written with it; rows_before: those that could not before. others: pages that
    could be written before, others_differing: of them. still: where pages of its task fail with it. beyond: what a page
    that can be written now lacks. shows: in words, for the verdict and the owner's question.
    """

    outside: Sequence[str] = ()
    applies: int = 0
    broken: Sequence[str] = ()
    is_tried: bool = False
    rows: int = 0
    rows_before: int = 0
    still: Sequence[str] = ()
    beyond: Sequence[str] = ()
    others: int = 0
    others_differing: int = 0
    differing: Sequence[str] = ()
    shows: Sequence[str] = ()

    @property
    def shown(self) -> str:
        """What a proved change showed."""
        return "; ".join([self.tests_shown, *self.shows])

    def steps(self) -> list[TrialStep]:
        """In their order; the first that failed is the verdict."""
        return [*self._of_its_text(), *self._of_its_pages(), *self.steps_of_tests()]

    @property
    def may_be_tested(self) -> bool:
        """Whether all that was looked at before its own test holds."""
        return not any(step.has_failed for step in (*self._of_its_text(), *self._of_its_pages()))

    def _of_its_text(self) -> list[TrialStep]:
        return [
            TrialStep(
                "it touches only modules that write pages, and new tests",
                bool(self.outside),
                f"it touches more than modules that write pages, and new tests: {join_with_and(self.outside)}",
            ),
            TrialStep(
                "it fits the deployed code", not self.applies, f"it does not fit the deployed code: {self.error}"
            ),
            TrialStep(
                "its code keeps the rules", bool(self.broken), f"its code breaks a rule: {join_with_and(self.broken)}"
            ),
        ]

    def _of_its_pages(self) -> list[TrialStep]:
        return [
            TrialStep("a page of its task fails without it", not self.is_tried, f"it cannot be tried: {self.error}"),
            TrialStep(
                "the pages of its task can be written",
                bool(self.still) or not self.rows,
                f"{self.rows} of {counted(self.rows_before, 'page')} can be written: {join_with_and(self.still)}",
            ),
            TrialStep(
                "they are whole", bool(self.beyond), f"what can be written is not whole: {join_with_and(self.beyond)}"
            ),
            TrialStep(
                "every other page is the same to the byte",
                bool(self.others_differing),
                f"it changes pages that can be written without it: {join_with_and(self.differing)}",
            ),
        ]
