"""The watch, for every named watcher: look into a finding, answer it, bring it to whoever can act.

Each book calls answer_findings once. A worker or an auditor escalates a muted schedule; a manager (or the CEO) asks the
owner, does what the owner answers, and nothing else.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from company import testimony
from company.errors import ToolError
from company.words import clock

if TYPE_CHECKING:
    from company.session import Fire

ASKED_AGAIN_AFTER = timedelta(days=7)
WATCHER_TOOLS = ("my_findings", "answer_finding", "close_finding", "describe_schedule", "escalate")
ASKER_TOOLS = ("muted_schedules", "ask_decision", "last_decision", "my_answered_decisions", "note_decision_acted",
               "switch_schedule_on", "unanswered_messages", "answer_message")  # fmt: skip

Finding = Mapping[str, Any]
Answer = Callable[["Fire", Finding], str]


@dataclass
class Watched:
    """What one watch came to."""

    answered: int = 0
    escalated: int = 0
    asked: int = 0
    switched_on: int = 0

    @property
    def evidence(self) -> dict[str, int]:
        return {f"findings_{name}" if name == "answered" else name: number for name, number in asdict(self).items()}


def answer_findings(fire: "Fire", own: Mapping[str, Answer] | None = None) -> Watched:
    """Answers every finding that waits for me; own says how to look into the kinds that only this role understands."""
    watched = Watched()
    for finding in fire.use("my_findings"):
        if finding["answered_at"] is None:
            _answer(fire, finding, (own or {}).get(finding["kind"]), watched)
    if may_ask(fire):
        _act_on_answers(fire, watched)
        asked = _ask_about_muted(fire, watched)
        _answer_mail(fire, asked)
    return watched


def may_ask(fire: "Fire") -> bool:
    """Whether this role may put a question to the owner; everybody else escalates."""
    return fire.record.kind in ("manager", "ceo")


def _answer(fire: "Fire", finding: Finding, own: Answer | None, watched: Watched) -> None:
    facts = None if own else _described(fire, finding["subject"])
    if own:
        answer = own(fire, finding)
    elif facts:
        answer = testimony.tell(facts, fire.now, fire.settings.owner_timezone, finding["found_at"])
    else:
        answer = f"Read. The book has no rule for {finding['kind']}, so this waits for {fire.record.reports_to}."
    fire.use("answer_finding", finding_id=finding["id"], answer=answer)
    fire.learn("answered", f"F-{finding['id']}: {answer}", finding_id=finding["id"])
    watched.answered += 1
    if own is None and _needs_others(fire, finding, facts):
        _escalate(fire, finding, answer)
        watched.escalated += 1


def _described(fire: "Fire", schedule: str) -> dict[str, Any] | None:
    try:
        return dict(fire.use("describe_schedule", schedule=schedule))
    except ToolError:
        return None


def _needs_others(fire: "Fire", finding: Finding, facts: Mapping[str, Any] | None) -> bool:
    """A manager asks about a muted schedule itself; what the book cannot judge goes up. The CEO has the brief."""
    if fire.record.kind == "ceo":
        return False
    return facts is None or finding["kind"] == "differs" or (finding["kind"] == "muted" and not may_ask(fire))


def _escalate(fire: "Fire", finding: Finding, answer: str) -> None:
    fire.use(
        "escalate",
        subject=f"F-{finding['id']} {finding['kind']}: {finding['subject']}",
        body=f"{finding['title']}. I may not settle this myself.",
        checked="EventBridge, our last deploy, its last slots and sessions",
        showed=answer,
        finding_id=finding["id"],
        facts={"kind": finding["kind"], "subject": finding["subject"]},
    )


def _act_on_answers(fire: "Fire", watched: Watched) -> None:
    for decision in fire.use("my_answered_decisions"):
        schedule = decision["subject"].get("schedule")
        if schedule and decision["answer"] == "yes":
            watched.switched_on += _switch_on(fire, decision, schedule)
        elif schedule:
            fire.use("note_decision_acted", decision_id=decision["id"], outcome=_left_off(decision))


def _left_off(decision: Mapping[str, Any]) -> str:
    if decision["answer"] is None:
        return f'left off: the book does not read words ("{decision["answer_text"]}"), so it asks again'
    return f"{decision['subject']['schedule']} left off, asked again in {ASKED_AGAIN_AFTER.days} days"


def _switch_on(fire: "Fire", decision: Mapping[str, Any], schedule: str) -> bool:
    try:
        done = fire.use("switch_schedule_on", schedule=schedule, decision_id=decision["id"])
    except ToolError as error:
        # The answer stays unused, so that the next fire tries again; the log says why it did not work now.
        fire.learn("could_not", f"{schedule} is not switched on: {error}", schedule=schedule)
        return False
    outcome = f"{schedule} {done['state']} again {clock(fire.now, fire.settings.owner_timezone)}"
    fire.use("note_decision_acted", decision_id=decision["id"], outcome=outcome)
    for finding in fire.use("muted_schedules"):
        if finding["subject"] == schedule and finding["watcher"] == fire.role:
            fire.use(
                "close_finding",
                finding_id=finding["id"],
                resolution=f"{outcome}, by the owner's yes to D-{decision['id']}",
            )
    return True


def _ask_about_muted(fire: "Fire", watched: Watched) -> dict[int, int]:
    """The question asked about each muted schedule of mine or my people: finding -> decision."""
    asked = {}
    for finding in fire.use("muted_schedules"):
        last = fire.use("last_decision", fingerprint=f"switch_on:{finding['subject']}")
        if last and not _is_over(fire.now, last, finding):
            asked[finding["id"]] = last["id"]
            continue
        facts = fire.use("describe_schedule", schedule=finding["subject"])
        if not testimony.is_on(facts):
            asked[finding["id"]] = _ask(fire, finding, facts, _unread_words(last))
            watched.asked += 1
    return asked


def _is_over(now: datetime, last: Mapping[str, Any], finding: Finding) -> bool:
    """Whether the last question leaves room for another: it was about an earlier mute, or its no is old."""
    if last["acted_at"] is None:
        return False
    answered_at = datetime.fromisoformat(last["answered_at"])
    is_of_earlier_mute = datetime.fromisoformat(finding["found_at"]) > answered_at
    return last["answer"] != "no" or is_of_earlier_mute or now - answered_at >= ASKED_AGAIN_AFTER


def _unread_words(last: Mapping[str, Any] | None) -> str:
    """What the owner wrote instead of an option: quoted back, for only an option is acted upon."""
    if last is None or last["answer"] is not None:
        return ""
    return f' You wrote "{last["answer_text"]}" to D-{last["id"]}; only yes or no is acted upon.'


def _ask(fire: "Fire", finding: Finding, facts: Mapping[str, Any], words: str) -> int:
    schedule, zone = finding["subject"], fire.settings.owner_timezone
    asked = fire.use(
        "ask_decision",
        fingerprint=f"switch_on:{schedule}",
        question=f"Switch {schedule}'s schedule back on?",
        background=testimony.tell(facts, fire.now, zone, finding["found_at"]) + words,
        unknown="who did it",
        options={
            "yes": f"it fires again as published, and {facts['description']}",
            "no": f"stays off, asked again in {ASKED_AGAIN_AFTER.days} days",
        },
        recommendation="yes",
        default_option="no",
        finding_id=finding["id"],
        subject={"schedule": schedule},
    )
    return int(asked["decision_id"])


def _answer_mail(fire: "Fire", asked: Mapping[int, int]) -> None:
    """No escalation waits for ever: it is answered with the question that it led to, or with where it now stands."""
    for message in fire.use("unanswered_messages"):
        decision = asked.get(message["finding_id"] or 0)
        answer = f"The owner is asked: D-{decision}." if decision else f"Read; it stands in my {_upward(fire)}."
        fire.use("answer_message", message_id=message["id"], answer=answer)


def _upward(fire: "Fire") -> str:
    """Where what this role knows is read next."""
    return "brief to the owner" if fire.record.kind == "ceo" else f"note to {fire.record.reports_to}"
