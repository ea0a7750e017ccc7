"""Asks the owner about muted schedules, for managers and the CEO, and switches one on after a yes."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from company.errors import ToolError
from company.fire.fire import Fire
from company.json_values import JsonObject
from company.owner.decisions import Decision
from company.tools.decisions import ask_decision, last_decision, my_answered_decisions, note_decision_acted
from company.tools.findings import close_finding
from company.tools.schedules import describe_schedule, muted_schedules, switch_schedule_on
from company.watch import schedule_state
from company.watch.schedules import MutedFinding, ScheduleDescription
from company.wording import counted, day_and_time, join_with_and

ASKED_AGAIN_AFTER = timedelta(days=7)
NAMED = 3
"""The most schedules that a question names; its finding names all."""


def act_on_answers(fire: Fire) -> int:
    """Acts on the owner's answers; how many schedules were switched on."""
    switched_on = 0
    for decision in fire.use(my_answered_decisions):
        schedules = _asked_about(decision.subject)
        if schedules and decision.answer == "yes":
            switched_on += _switch_on(fire, decision, schedules)
        elif schedules:
            fire.use(note_decision_acted, decision_id=decision.id, outcome=_left_off(decision, schedules))
    return switched_on


def ask_about_muted(fire: Fire) -> tuple[dict[int, int], int]:
    """The question asked about each muted schedule of mine or my people (finding -> decision), and how many are new."""
    asked: dict[int, int] = {}
    new = 0
    for finding in fire.use(muted_schedules):
        last = fire.use(last_decision, fingerprint=f"switch_on:{finding.subject}")
        if last and not _may_ask_again(fire.now, last, finding):
            asked[finding.id] = last.id
            continue
        facts = fire.use(describe_schedule, schedule=finding.schedules[0])
        if not schedule_state.is_enabled(facts):
            asked[finding.id] = _ask(fire, finding, facts, _unused_answer(last))
            new += 1
    return asked, new


def _asked_about(subject: JsonObject) -> list[str]:
    return list(subject.get("schedules") or filter(None, [subject.get("schedule")]))


def _left_off(decision: Decision, schedules: Sequence[str]) -> str:
    if decision.answer is None:
        return f'left off: the book acts only on yes or no, not on "{decision.answer_text}", so it asks again'
    return f"{_named(schedules)} left off, asked again in {ASKED_AGAIN_AFTER.days} days"


def _switch_on(fire: Fire, decision: Decision, schedules: Sequence[str]) -> int:
    for schedule in schedules:
        try:
            done = fire.use(switch_schedule_on, schedule=schedule, decision_id=decision.id)
        except ToolError as error:
            # The answer stays unused, so that the next fire tries again; the log says why it did not work now.
            fire.learn("could_not", f"{schedule} is not switched on: {error}", schedule=schedule)
            return 0
    outcome = f"{_named(schedules)} {done['state']} again {day_and_time(fire.now, fire.settings.owner_timezone)}"
    fire.use(note_decision_acted, decision_id=decision.id, outcome=outcome)
    for finding in fire.use(muted_schedules):
        if finding.id == decision.finding_id and (finding.watcher == fire.role or fire.record.kind == "ceo"):
            resolution = f"{outcome}, by the owner's yes to D-{decision.id}"
            fire.use(close_finding, finding_id=finding.id, resolution=resolution)
    return len(schedules)


def _may_ask_again(now: datetime, last: Decision, finding: MutedFinding) -> bool:
    """Whether another question is allowed: the last one was about an earlier mute, or its no is a week old."""
    if last.acted_at is None or last.answered_at is None:
        return False
    is_of_earlier_mute = finding.found_at > last.answered_at
    return last.answer != "no" or is_of_earlier_mute or now - last.answered_at >= ASKED_AGAIN_AFTER


def _unused_answer(last: Decision | None) -> str:
    """Quotes what the owner wrote instead of an option, because only an option is acted upon."""
    if last is None or last.answer is not None:
        return ""
    return f' You wrote "{last.answer_text}" to D-{last.id}; only yes or no is acted upon.'


def _ask(fire: Fire, finding: MutedFinding, facts: ScheduleDescription, unused_answer: str) -> int:
    schedules, zone = finding.schedules, fire.settings.owner_timezone
    is_one = len(schedules) == 1
    history = schedule_state.describe(facts, fire.now, zone, finding.found_at)
    asked = fire.use(
        ask_decision,
        fingerprint=f"switch_on:{finding.subject}",
        question=f"Switch {_schedule_of(schedules)} back on?",
        background=(history if is_one else f"Looked at {schedules[0]} for all: {history}") + unused_answer,
        unknown="who did it",
        options={
            "yes": f"it fires again as published, and {facts.description}" if is_one else "they fire as published",
            "no": f"{'stays' if is_one else 'they stay'} off, asked again in {ASKED_AGAIN_AFTER.days} days",
        },
        recommendation="yes",
        default_option="no",
        finding_id=finding.id,
        subject={"schedule": schedules[0]} if is_one else {"schedules": schedules},
    )
    return asked.decision_id


def _schedule_of(schedules: Sequence[str]) -> str:
    return f"{schedules[0]}'s schedule" if len(schedules) == 1 else f"the schedules of {_named(schedules)}"


def _named(schedules: Sequence[str]) -> str:
    """'a', 'a and b', 'a, b, c and 27 others'."""
    more = len(schedules) - NAMED
    return join_with_and([*schedules[:NAMED], *([counted(more, "other")] if more > 0 else [])])
