"""The verdict on a change: the steps of its trial in their order; the first that fails is the verdict."""

from build_auditor.tools import ChangeVerdict
from build_auditor.trial import TrialFacts
from company.text.wording import counted, join_with_and

STEPS = (
    "it touches only lists of columns",
    "it fits the deployed code",
    "its test fails without it",
    "its test passes with it",
    "the product's own tests pass",
    "the document is read",
    "the rows are within the limits",
    "the keys are kept",
    "other documents are read as before",
)
"""What a trial looks at, in the order in which it ends at the first that fails."""
KEYS_KEPT = 0.9
"""The least share of the last good document's keys. The stream's own limit guards the rows, this one their reading."""


def judge_trial(facts: TrialFacts) -> tuple[ChangeVerdict, str]:
    """The steps in their order; the first that fails is the verdict."""
    for has_failed, verdict in steps_of(facts):
        if has_failed:
            return "refused", verdict
    rows = f"{counted(facts.rows, 'row')} read where the last good document has {facts.rows_before:,}"
    return "proved", (
        f"its test fails without it and passes with it, as {counted(facts.own_tests, 'test')} of the product do; "
        f"{rows}, {100 * facts.keys_kept:.0f} % of its keys kept; "
        f"{counted(facts.others, 'other document')} read as before"
    )


def steps_of(facts: TrialFacts) -> list[tuple[bool, str]]:
    """Whether each of STEPS failed, and the verdict if it did."""
    return [
        (bool(facts.outside), f"it touches more than lists of columns: {join_with_and(facts.outside)}"),
        (not facts.applies, f"it does not fit the deployed code: {facts.error}"),
        (not facts.failed_without, "its own test passed without the fix"),
        (not facts.passed_with, f"its own test fails with it: {facts.error}"),
        (not facts.own_tests, f"the product's own tests fail with it: {facts.own_tests_error}"),
        (not facts.rows, f"the document is still not read: {facts.error}"),
        (
            not facts.is_within_limits,
            f"{facts.rows:,} rows are read, the last good document has {facts.rows_before:,}",
        ),
        (
            facts.keys_kept < KEYS_KEPT,
            f"only {100 * facts.keys_kept:.0f} % of the last good document's keys are kept",
        ),
        (bool(facts.others_differing), f"it changes how others are read: {join_with_and(facts.differing)}"),
    ]
