"""What the tests of a change showed, and their steps: the same for each kind of change that has a test of its own."""

from dataclasses import dataclass

from build_auditor.steps import TrialStep
from company.text.wording import counted


@dataclass(frozen=True)
class OwnTestFacts:
    """failed_without, passed_with: its own test, without the change and with it. own_tests: the product's that pass.

    All are numbers of tests; one step that was not reached counts as failed. error: of the step that failed last.
    """

    failed_without: int = 0
    passed_with: int = 0
    own_tests: int = 0
    own_tests_error: str = ""
    error: str = ""

    @property
    def tests_shown(self) -> str:
        """What the tests of a proved change showed."""
        own = counted(self.own_tests, "test of the product does", "tests of the product do")
        return f"its test fails without it and passes with it, as {own}"

    def steps_of_tests(self) -> list[TrialStep]:
        """In their order; the first that failed is the verdict."""
        return [
            TrialStep("its test fails without it", not self.failed_without, "its own test passed without the change"),
            TrialStep("its test passes with it", not self.passed_with, f"its own test fails with it: {self.error}"),
            TrialStep(
                "the product's own tests pass",
                not self.own_tests,
                f"the product's own tests fail with it: {self.own_tests_error}",
            ),
        ]
