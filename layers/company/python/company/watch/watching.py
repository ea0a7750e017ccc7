"""The watch, for every named watcher: look into a finding, answer it, have its slot fired again, bring it up the line.

Each book calls answer_findings once. A worker or an auditor escalates a muted schedule; a manager (or the CEO) asks the
owner (company.owner.asking), does what the owner answers, and nothing else.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

from company.errors import ToolError
from company.fire.fire import Fire
from company.injection import scan
from company.owner import asking
from company.tools.findings import answer_finding, close_finding, my_findings
from company.tools.inbox import answer_message, escalate, unanswered_messages
from company.tools.schedules import describe_schedule, retry_slot
from company.watch import testimony
from company.watch.findings import Finding
from company.watch.schedules import ScheduleDescription
from company.wording import clock

SHOWN_OF_MANY = 3
SILENT = ("missed", "failed")
"""Kinds of findings whose slot may be fired again."""
BAD_ENDS = ("missed", "failed", "timed_out")
NOT_OURS_TO_MEND = ("differs", "gone", "unreadable")
"""Only a deploy mends these: whoever watches brings them up the line."""
WATCHER_TOOLS = ("my_findings", "answer_finding", "close_finding", "describe_schedule", "retry_slot", "escalate")
ASKER_TOOLS = ("muted_schedules", "ask_decision", "last_decision", "my_answered_decisions", "note_decision_acted",
               "switch_schedule_on", "unanswered_messages", "answer_message")  # fmt: skip

Answer = Callable[[Fire, Finding], str]
BY_EVERYBODY: Mapping[str, Answer] = {scan.KIND: scan.answer}
"""Kinds that whoever watches looks into in the same way."""


@dataclass
class Watched:
    """What one watch came to."""

    answered: int = 0
    escalated: int = 0
    asked: int = 0
    switched_on: int = 0
    retried: int = 0

    @property
    def evidence(self) -> dict[str, int]:
        return {f"findings_{name}" if name == "answered" else name: number for name, number in asdict(self).items()}


def answer_findings(fire: Fire, own: Mapping[str, Answer] | None = None) -> Watched:
    """Answers every finding that waits for me; own says how to look into the kinds that only this role understands."""
    watched = Watched()
    for finding in fire.use(my_findings):
        if finding.answered_at is None:
            _answer(fire, finding, {**BY_EVERYBODY, **(own or {})}.get(finding.kind), watched)
        elif scan.is_over(finding, fire.now):
            fire.use(close_finding, finding_id=finding.id, resolution="it was not seen again for a day")
    if may_ask(fire):
        watched.switched_on = asking.act_on_answers(fire)
        asked, watched.asked = asking.ask_about_muted(fire)
        _answer_mail(fire, asked)
    return watched


def answer_leftovers(fire: Fire, own: Mapping[str, Answer] | None = None) -> dict[str, int]:
    """The same after a model's finish, for what it left waiting; only what was done is told, as duty_<what>."""
    return {f"duty_{name}": number for name, number in answer_findings(fire, own).evidence.items() if number}


def may_ask(fire: Fire) -> bool:
    """Whether this role may put a question to the owner; everybody else escalates."""
    return fire.record.kind in ("manager", "ceo")


def is_of_many(finding: Finding) -> bool:
    """Whether a finding tells of many schedules with one cause; their names are the keys of its evidence."""
    return str(finding.fingerprint).startswith("many:")


def _answer(fire: Fire, finding: Finding, own: Answer | None, watched: Watched) -> None:
    facts = None if own or is_of_many(finding) else _described(fire, finding.subject)
    if own:
        answer = own(fire, finding)
    elif is_of_many(finding):
        answer = _look_at_some(fire, finding)
    elif facts:
        answer = testimony.tell(facts, fire.now, fire.settings.owner_timezone, finding.found_at)
        answer += _fire_again(fire, finding, facts, watched)
    else:
        answer = f"Read. The book has no rule for {finding.kind}, so this waits for {fire.record.reports_to}."
    fire.use(answer_finding, finding_id=finding.id, answer=answer)
    fire.learn("answered", f"F-{finding.id}: {answer}", finding_id=finding.id)
    watched.answered += 1
    if own is None and _needs_others(fire, finding, facts):
        _escalate(fire, finding, answer)
        watched.escalated += 1


def _described(fire: Fire, schedule: str) -> ScheduleDescription | None:
    try:
        return fire.use(describe_schedule, schedule=schedule)
    except ToolError:
        return None


def _look_at_some(fire: Fire, finding: Finding) -> str:
    """What a few of many show: one cause looks alike wherever it is looked at."""
    names = sorted(finding.evidence)
    looked = [(name, facts) for name in names[:SHOWN_OF_MANY] if (facts := _described(fire, name))]
    told = "; ".join(
        f"{name}: {testimony.state(facts, fire.now, fire.settings.owner_timezone)}" for name, facts in looked
    )
    return f"Looked at {len(looked)} of {len(names)}. {told}"


def _fire_again(fire: Fire, finding: Finding, facts: ScheduleDescription, watched: Watched) -> str:
    """The newest slot that fell silent, where that is safe: the brain says whether it is."""
    bad = next((slot for slot in facts.slots if slot.status in BAD_ENDS), None)
    if finding.kind not in SILENT or bad is None:
        return ""
    due = clock(bad.due_at, fire.settings.owner_timezone)
    due_at = bad.due_at.isoformat()
    verdict = fire.use(retry_slot, schedule=finding.subject, due_at=due_at, finding_id=finding.id)["verdict"]
    if verdict != "asked":
        return f" Not fired again for {due}: {verdict}."
    watched.retried += 1
    return f" Fired again for {due} at the next beat."


def _needs_others(fire: Fire, finding: Finding, facts: ScheduleDescription | None) -> bool:
    """A manager asks about a muted schedule itself; what the book cannot judge goes up. The CEO has the brief."""
    if fire.record.kind == "ceo":
        return False
    return facts is None or finding.kind in NOT_OURS_TO_MEND or (finding.kind == "muted" and not may_ask(fire))


def _escalate(fire: Fire, finding: Finding, answer: str) -> None:
    fire.use(
        escalate,
        subject=f"F-{finding.id} {finding.kind}: {finding.subject}",
        body=f"{finding.title}. I may not settle this myself.",
        checked="EventBridge, our last deploy, its last slots and sessions",
        showed=answer,
        finding_id=finding.id,
        facts={"kind": finding.kind, "subject": finding.subject},
    )


def _answer_mail(fire: Fire, asked: Mapping[int, int]) -> None:
    """No escalation waits for ever: it is answered with the question that it led to, or with where it now stands."""
    for message in fire.use(unanswered_messages):
        decision = asked.get(message.finding_id or 0)
        answer = f"The owner is asked: D-{decision}." if decision else f"Read; it stands in my {_upward(fire)}."
        fire.use(answer_message, message_id=message.id, answer=answer)


def _upward(fire: Fire) -> str:
    """Where what this role knows is read next."""
    return "brief to the owner" if fire.record.kind == "ceo" else f"note to {fire.record.reports_to}"
