"""Asks the owner about muted schedules, for managers and the CEO, and switches one on after a yes."""

from collections.abc import Sequence
from functools import partial

from company.errors import Refused, ToolError
from company.fire.apart import each
from company.fire.fire import Fire
from company.json_values import JsonObject
from company.owner.decisions import ASKED_AGAIN_AFTER_DAYS, Asked, AskedDecision, Decision
from company.text.wording import counted, day_and_time, join_with_and
from company.tools.decisions import ask_decision, last_decision, my_answered_decisions, note_decision_acted
from company.tools.findings import close_finding
from company.tools.schedules import describe_schedule, muted_schedules, switch_schedule_on
from company.watch import schedule_state
from company.watch.schedules import MutedFinding, ScheduleDescription

NAMED = 3
"""The most schedules that a question names; its finding names all."""


def act_on_answers(fire: Fire) -> int:
    """Acts on the owner's answers; how many schedules were switched on."""
    answered = fire.use(my_answered_decisions)
    return sum(each(fire, "answers about schedules", answered, partial(_act_on, fire), name=lambda d: f"D-{d.id}"))


def _act_on(fire: Fire, decision: Decision) -> int:
    schedules = _asked_about(decision.subject)
    if schedules and decision.answer == "yes":
        return _switch_on(fire, decision, schedules)
    if schedules:
        fire.use(note_decision_acted, decision_id=decision.id, outcome=_left_off(decision, schedules))
    return 0


def ask_about_muted(fire: Fire) -> tuple[dict[int, int], int]:
    """The question asked about each muted schedule of mine or my people (finding -> decision), and how many are new."""
    muted = fire.use(muted_schedules)
    tried = each(fire, "muted schedules", muted, partial(_ask_about, fire), name=lambda finding: f"F-{finding.id}")
    asked = [one for one in tried if one is not None]
    numbers = {finding: question.decision_id for finding, question in asked if question.decision_id is not None}
    return numbers, sum(question.is_new for _, question in asked)


def _ask_about(fire: Fire, finding: MutedFinding) -> tuple[int, Asked] | None:
    """About those of a finding that no question of mine is about already."""
    left = [schedule for schedule in finding.schedules if schedule not in finding.asked]
    if not left:
        return finding.id, Asked(max(finding.asked.values()), is_new=False)
    # Somebody may have switched the first ones on since heartbeat looked.
    looked = (fire.use(describe_schedule, schedule=schedule) for schedule in left)
    first = next((facts for facts in looked if not schedule_state.is_enabled(facts)), None)
    return None if first is None else (finding.id, _ask(fire, finding, left[left.index(first.schedule) :], first))


def _asked_about(subject: JsonObject) -> list[str]:
    several = subject.get("schedules")
    named = several if isinstance(several, list) else [subject.get("schedule")]
    return [name for name in named if name and isinstance(name, str)]


def _left_off(decision: Decision, schedules: Sequence[str]) -> str:
    if decision.answer is None:
        return f'left off: the book acts only on yes or no, not on "{decision.answer_text}", so it asks again'
    return f"{_named(schedules)} left off, asked again in {ASKED_AGAIN_AFTER_DAYS} days"


def _switch_on(fire: Fire, decision: Decision, schedules: Sequence[str]) -> int:
    waiting = [schedule for schedule in schedules if schedule not in decision.used]
    for schedule in waiting:
        try:
            fire.use(switch_schedule_on, schedule=schedule, decision_id=decision.id)
        except ToolError as error:
            _note_failure(fire, decision, schedule, error)
            return 0
    outcome = f"{_named(schedules)} ENABLED again {day_and_time(fire.now, fire.settings.owner_timezone, fire.now)}"
    fire.use(note_decision_acted, decision_id=decision.id, outcome=outcome)
    for finding in fire.use(muted_schedules):
        is_of_it = finding.id == decision.finding_id and set(finding.schedules) <= set(schedules)
        if is_of_it and (finding.watcher == fire.role or fire.record.kind == "ceo"):
            resolution = f"{outcome}, by the owner's yes to D-{decision.id}"
            fire.use(close_finding, finding_id=finding.id, resolution=resolution)
    return len(waiting)


def _note_failure(fire: Fire, decision: Decision, schedule: str, error: ToolError) -> None:
    """Where EventBridge failed, the yes stays unused and the next fire tries again; where the brain refused, not."""
    fire.learn("could_not", f"{schedule} is not switched on: {error}", schedule=schedule)
    if isinstance(error.__cause__, Refused):
        fire.use(note_decision_acted, decision_id=decision.id, outcome=f"not switched on: {error}")


def _unused_answer(last: Decision | None) -> str:
    """Quotes what the owner wrote instead of an option, because only an option is acted upon."""
    if last is None or last.answer_text is None or last.answer is not None:
        return ""
    return f' You wrote "{last.answer_text}" to D-{last.id}; only yes or no is acted upon.'


def _ask(fire: Fire, finding: MutedFinding, schedules: Sequence[str], facts: ScheduleDescription) -> AskedDecision:
    fingerprint = f"switch_on:F-{finding.id}:{schedules[0]}" if finding.asked else f"switch_on:{finding.subject}"
    last = fire.use(last_decision, fingerprint=fingerprint)
    if last and last.answered_at is None:
        return AskedDecision(last.id, is_new=False, answer_by=last.answer_by)
    is_one = len(schedules) == 1
    history = schedule_state.describe(facts, fire.now, fire.settings.owner_timezone, finding.found_at)
    return fire.use(
        ask_decision,
        fingerprint=fingerprint,
        question="Switch on?",  # the brain words it, from the subject
        background=(history if is_one else f"Looked at {schedules[0]} for all: {history}") + _unused_answer(last),
        unknown="who did it",
        options={
            "yes": f"it fires again as published, and {facts.description}" if is_one else "they fire as published",
            "no": f"{'stays' if is_one else 'they stay'} off, asked again in {ASKED_AGAIN_AFTER_DAYS} days",
        },
        recommendation="yes",
        default_option="no",
        finding_id=finding.id,
        subject={"schedule": schedules[0]} if is_one else {"schedules": schedules},
    )


def _named(schedules: Sequence[str]) -> str:
    """'a', 'a and b', 'a, b, c and 27 others'."""
    more = len(schedules) - NAMED
    return join_with_and([*schedules[:NAMED], *([counted(more, "other")] if more > 0 else [])])
