"""The verdict on a change: the steps of its trial in their order; the first that fails is the verdict."""

from build_auditor.page_code_facts import PageCodeFacts
from build_auditor.skill_trial import PageFacts
from build_auditor.statement_facts import StatementFacts
from build_auditor.steps import TrialStep
from build_auditor.tools import ChangeVerdict
from build_auditor.trial import TrialFacts
from company.text.wording import counted, join_with_and

Facts = TrialFacts | PageFacts | StatementFacts | PageCodeFacts
KEYS_KEPT = 0.9
"""The least share of the last good document's keys. The stream's own limit guards the rows, this one their reading."""


def judge_trial(facts: Facts) -> tuple[ChangeVerdict, str]:
    """The steps in their order; the first that fails is the verdict."""
    for step in steps_of(facts):
        if step.has_failed:
            return "refused", step.verdict
    return "proved", _shown(facts) if isinstance(facts, TrialFacts) else facts.shown


def _shown(facts: TrialFacts) -> str:
    rows = f"{counted(facts.rows, 'row')} read where the last good document has {facts.rows_before:,}"
    return (
        f"{facts.tests_shown}; {rows}, {100 * facts.keys_kept:.0f} % of its keys kept; "
        f"{counted(facts.others, 'other document')} read as before"
        + (f"; {counted(facts.damaged, 'damaged copy', 'damaged copies')} refused as before" if facts.damaged else "")
        + ("; nothing has been read from its new address yet, which the owner allowed" if facts.is_unread else "")
        + (f"; the word changes {join_with_and(facts.by_word)}" if facts.by_word else "")
    )


def steps_of(facts: Facts) -> list[TrialStep]:
    """What the trial of this kind of change looks at, in order."""
    return [*_of_its_tests(facts), *_of_what_it_reads(facts)] if isinstance(facts, TrialFacts) else facts.steps()


def _of_its_tests(facts: TrialFacts) -> list[TrialStep]:
    return [
        TrialStep(
            "it touches only what a replay shows",
            bool(facts.outside),
            f"it touches more than lists, its source's reader and new tests: {join_with_and(facts.outside)}",
        ),
        TrialStep(
            "its code keeps the rules",
            bool(facts.broken),
            f"its code breaks a rule: {join_with_and(facts.broken)}",
        ),
        TrialStep(
            "a new address or meaning is shown",
            bool(facts.line_doubt),
            f"what it says is not shown: {facts.line_doubt}",
        ),
        TrialStep("it fits the deployed code", not facts.applies, f"it does not fit the deployed code: {facts.error}"),
        *facts.steps_of_tests(),
    ]


def _of_what_it_reads(facts: TrialFacts) -> list[TrialStep]:
    return [
        TrialStep("the document is read", not facts.rows, f"the document is still not read: {facts.error}"),
        TrialStep(
            "the rows are within the limits",
            not facts.is_within_limits,
            f"{counted(facts.rows, 'row is', 'rows are')} read, the last good document has {facts.rows_before:,}",
        ),
        TrialStep(
            "the keys are kept",
            facts.keys_kept < KEYS_KEPT,
            f"only {100 * facts.keys_kept:.0f} % of the last good document's keys are kept",
        ),
        TrialStep(
            "other documents are read as before",
            bool(facts.others_differing),
            f"it changes how others are read: {join_with_and(facts.differing)}",
        ),
    ]
