"""The watch, for every named watcher: check a finding, answer it, have its slot fired again, escalate it.

Each book calls answer_findings once. A worker or an auditor escalates a muted schedule; a manager (or the CEO) asks the
owner (company.owner.asking), does what the owner answers, and nothing else.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial

from company.errors import ToolError
from company.fire import failed_items
from company.fire.apart import attempt, each
from company.fire.fire import Fire
from company.fire.messages import Message
from company.injection import scan
from company.owner import asking
from company.pipeline.asking import troubles
from company.tools.findings import answer_finding, close_finding, my_findings
from company.tools.inbox import answer_message, escalate, unanswered_messages
from company.tools.schedules import describe_schedule
from company.watch import firing_again, schedule_state, set_aside
from company.watch.finding_records import Finding, waits_for
from company.watch.schedules import ScheduleDescription

SHOWN_OF_MANY = 3
FIXED_ONLY_BY_DEPLOY = ("differs", "gone", "unreadable")
"""Only a deploy fixes these, so their watcher escalates them; the CEO's answer says that they wait for the owner."""
WATCHER_TOOLS = ("my_findings", "answer_finding", "close_finding", "describe_schedule", "retry_slot", "escalate")
ASKER_TOOLS = ("muted_schedules", "ask_decision", "last_decision", "my_answered_decisions", "note_decision_acted",
               "switch_schedule_on", "unanswered_messages", "answer_message")  # fmt: skip

AnswerRule = Callable[[Fire, Finding], str]
"""Checks a finding and gives the text of its answer."""
COMMON_RULES: Mapping[str, AnswerRule] = {
    scan.KIND: scan.answer_injection_finding,
    set_aside.KIND: set_aside.answer_set_aside,
    failed_items.KIND: failed_items.answer_failed_item,
    troubles.KIND: troubles.answer_stuck,
}
"""Kinds that every watcher answers in the same way."""
CLOSED_WHEN_UNSEEN = (scan.KIND, set_aside.KIND, "brain_went_back")
"""Of these, what nobody closes: the watcher does, after a day in which they were not seen."""
OVER_AFTER = timedelta(hours=24)


@dataclass
class WatchResult:
    """What one pass over a watcher's findings did."""

    answered: int = 0
    escalated: int = 0
    asked: int = 0
    switched_on: int = 0
    retried: int = 0

    @property
    def evidence(self) -> dict[str, int]:
        return {f"findings_{name}" if name == "answered" else name: number for name, number in asdict(self).items()}


def answer_findings(fire: Fire, own: Mapping[str, AnswerRule] | None = None) -> WatchResult:
    """Answers every finding that waits for me; own: the rules of the kinds that only this role understands."""
    result = WatchResult()
    rules = {**COMMON_RULES, **(own or {})}
    follow = partial(_follow, fire, rules, result)
    each(fire, "findings to answer", fire.use(my_findings), follow, name=lambda finding: f"F-{finding.id}")
    if may_ask(fire):
        result.switched_on = attempt(fire, "answers of the owner", lambda: asking.act_on_answers(fire), 0)
        nothing: tuple[dict[int, int], int] = ({}, 0)
        asked, result.asked = attempt(fire, "questions to the owner", lambda: asking.ask_about_muted(fire), nothing)
        _answer_mail(fire, asked)
    return result


def _follow(fire: Fire, rules: Mapping[str, AnswerRule], result: WatchResult, finding: Finding) -> None:
    if finding.answered_at is None:
        _answer(fire, finding, rules.get(finding.kind), result)
    elif _is_over(finding, fire.now):
        fire.use(close_finding, finding_id=finding.id, resolution="it was not seen again for a day")
    elif _covers_many(finding) and (said := _fire_many_again(fire, finding, result)):
        fire.learn("fired_again", f"F-{finding.id}:{said}", finding_id=finding.id)


def answer_remaining(fire: Fire, own: Mapping[str, AnswerRule] | None = None) -> dict[str, int]:
    """The same after a model's finish, for what the model did not answer; counts what was done, as duty_<what>."""
    return {f"duty_{name}": number for name, number in answer_findings(fire, own).evidence.items() if number}


def may_ask(fire: Fire) -> bool:
    """Whether this role may put a question to the owner; everybody else escalates."""
    return fire.record.kind in ("manager", "ceo")


def _is_over(finding: Finding, now: datetime) -> bool:
    """Whether an answered finding was not seen for long enough to be closed."""
    return finding.kind in CLOSED_WHEN_UNSEEN and now - finding.last_seen_at >= OVER_AFTER


def _covers_many(finding: Finding) -> bool:
    """Whether a finding is about many schedules with one cause; their names are the keys of its evidence."""
    return finding.fingerprint.startswith("many:")


def _answer(fire: Fire, finding: Finding, rule: AnswerRule | None, result: WatchResult) -> None:
    facts = None if rule or _covers_many(finding) else _described(fire, finding.subject)
    if rule:
        answer = rule(fire, finding)
    elif _covers_many(finding):
        answer = _check_some(fire, finding) + _fire_many_again(fire, finding, result)
    elif facts:
        answer = schedule_state.describe(facts, fire.now, fire.settings.owner_timezone, finding.found_at)
        answer += _fire_again(fire, finding, facts, result)
    else:
        answer = f"Read. The book has no rule for {finding.kind}, {waits_for(str(fire.record.reports_to))}"
    if fire.record.kind == "ceo" and finding.kind in FIXED_ONLY_BY_DEPLOY:
        answer += f" Only a deploy ends it, {waits_for('owner')}"
    fire.use(answer_finding, finding_id=finding.id, answer=answer)
    fire.learn("answered", f"F-{finding.id}: {answer}", finding_id=finding.id)
    result.answered += 1
    if rule is None and _must_escalate(fire, finding, facts):
        _escalate(fire, finding, answer)
        result.escalated += 1


def _described(fire: Fire, schedule: str) -> ScheduleDescription | None:
    try:
        return fire.use(describe_schedule, schedule=schedule)
    except ToolError:
        return None


def _check_some(fire: Fire, finding: Finding) -> str:
    """What a few of many show: with one cause, each shows the same."""
    names = sorted(finding.evidence)
    zone = fire.settings.owner_timezone
    checked = [(name, facts) for name in names[:SHOWN_OF_MANY] if (facts := _described(fire, name))]
    shown = "; ".join(f"{name}: {schedule_state.describe_deployed(facts, fire.now, zone)}" for name, facts in checked)
    return f"Looked at {len(checked)} of {len(names)}. {shown}"


def _fire_again(fire: Fire, finding: Finding, facts: ScheduleDescription, result: WatchResult) -> str:
    retried, said = firing_again.fire_newest(fire, finding, facts)
    result.retried += retried
    return said


def _fire_many_again(fire: Fire, finding: Finding, result: WatchResult) -> str:
    retried, said = firing_again.fire_many(fire, finding)
    result.retried += retried
    return said


def _must_escalate(fire: Fire, finding: Finding, facts: ScheduleDescription | None) -> bool:
    """A manager asks about a muted schedule itself; what the book cannot judge is escalated. The CEO has the brief."""
    if fire.record.kind == "ceo":
        return False
    return facts is None or finding.kind in FIXED_ONLY_BY_DEPLOY or (finding.kind == "muted" and not may_ask(fire))


def _escalate(fire: Fire, finding: Finding, answer: str) -> None:
    fire.use(
        escalate,
        subject=f"F-{finding.id} {finding.kind}: {finding.subject}",
        body=f"{finding.title}. I may not decide this myself.",
        checked="EventBridge, our last deploy, its last slots and sessions",
        showed=answer,
        finding_id=finding.id,
        facts={"kind": finding.kind, "subject": finding.subject},
    )


def _answer_mail(fire: Fire, asked: Mapping[int, int]) -> None:
    """No escalation waits for ever: it is answered with the question that it led to, or with where it is reported."""
    messages = fire.use(unanswered_messages)
    each(fire, "messages", messages, partial(_answer_one, fire, asked), name=lambda message: f"message {message.id}")


def _answer_one(fire: Fire, asked: Mapping[int, int], message: Message) -> None:
    decision = asked.get(message.finding_id or 0)
    answer = f"The owner is asked: D-{decision}." if decision else f"Read; it is in my {_report_of(fire)}."
    fire.use(answer_message, message_id=message.id, answer=answer)


def _report_of(fire: Fire) -> str:
    """Where what this role knows is read next."""
    return "brief to the owner" if fire.record.kind == "ceo" else f"note to {fire.record.reports_to}"
