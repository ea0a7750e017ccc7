"""PROMISED: what the last brief announced, and what happened."""

from company.brief.depth import Depth
from company.brief.facts import BriefFacts
from company.brief.finding_rows import PromisedFinding
from company.brief.page import Section
from company.brief.rows import Promise, RootCause
from company.text.clauses import fitted
from company.text.wording import counted

TITLE = "PROMISED"
LONGEST_ANSWER = 60
"""Characters of the owner's own words within one line."""
MOST_NAME = 30
"""Characters of a mistake's name: the news is whether it happened again."""


def promised_section(facts: BriefFacts, depth: Depth) -> Section:
    """Answers with their outcome, fixes and root causes since they were live or done, yesterday's findings now."""
    answers = [_answer(row, facts) for row in facts.promises]
    causes = [_cause(row, facts) for row in facts.root_causes]
    changes = [row.line(facts.until, facts.zone) for row in facts.promised_changes if row.signatures]
    findings = [_finding(row, facts) for row in facts.promised_findings]
    if answers or changes or causes or findings:
        lines = (*answers, *changes, *causes, *findings)[: depth.entries]
        return Section(TITLE, lines=tuple(fitted(line, depth.notes) for line in lines))
    if facts.last_brief is None:
        return Section(TITLE, lines=("nothing yet: this is the first brief",))
    return Section(TITLE, lines=("nothing was open in the last brief",))


def _answer(row: Promise, facts: BriefFacts) -> str:
    """'D-30 "no" reached research_worker Wed 10:00: left off'; a question without an answer expired."""
    if row.answered_by == "silence":
        return f"D-{row.id} of {row.asked_by} expired {facts.when(row.answered_at)}: {row.outcome}"
    words = ": ".join(fitted(part, LONGEST_ANSWER) for part in (row.answer, row.answer_text) if part)
    answer = f'D-{row.id} "{words}"'
    if row.reached_at is None:
        return f"{answer} waits for {row.asked_by} since {facts.when(row.answered_at)}"
    outcome = row.outcome if row.acted_at else "no outcome yet"
    return f"{answer} reached {row.asked_by} {facts.when(row.reached_at)}: {outcome}"


def _cause(row: RootCause, facts: BriefFacts) -> str:
    """'root cause 17 (data_worker, failed: HTML as JSON): day 3 without it, 4 times before'."""
    name = f"root cause {row.task_id} ({row.role}, {fitted(row.lesson, MOST_NAME)})"
    if row.times_after:
        since = facts.when(row.done_at)
        return f"{name} happened again: {counted(row.times_after, 'time')} since it was fixed {since}"
    days = (facts.until.astimezone(facts.zone).date() - row.last_at.astimezone(facts.zone).date()).days
    return f"{name}: day {days} without it, {counted(row.times_before, 'time')} before"


def _finding(row: PromisedFinding, facts: BriefFacts) -> str:
    if row.closed_at is None:
        return f"F-{row.id} of the last brief is still open"
    return f"F-{row.id} of the last brief was over {facts.when(row.closed_at)}: {row.resolution}"
