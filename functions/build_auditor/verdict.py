"""The verdict on a change, by the steps of its trial."""

from build_auditor.code_facts import CodeFacts
from build_auditor.page_code_facts import PageCodeFacts
from build_auditor.skill_trial import PageFacts
from build_auditor.statement_facts import StatementFacts
from build_auditor.tools import ChangeVerdict

Facts = CodeFacts | PageFacts | StatementFacts | PageCodeFacts


def judge_trial(facts: Facts) -> tuple[ChangeVerdict, str]:
    """The first step that failed is the verdict; where none did, what the trial showed."""
    failed = next((step for step in facts.steps() if step.has_failed), None)
    return ("refused", failed.verdict) if failed else ("proved", facts.shown)
