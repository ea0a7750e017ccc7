"""The text of alerts: from what an alert is about, when it is read, in the owner's zone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from company.json_values import JsonObject
from company.text.wording import counted


@dataclass(frozen=True)
class AlertFacts:
    """What an alert is about; kind says which facts it has: finding, unanswered, decision, escalation or more."""

    id: int
    kind: str
    level: str
    facts: JsonObject
    finding_id: int | None
    decision_id: int | None
    tries: int


def subject_of(alert: AlertFacts) -> str:
    """One line, as the title of a mail."""
    facts = alert.facts
    match alert.kind:
        case "finding":
            return f"{facts['title']}{' (planted)' if facts['planted'] else ''}"
        case "unanswered":
            return f"{'(planted) ' if facts['planted'] else ''}F-{alert.finding_id}: nobody answers"
        case "decision":
            return f"D-{alert.decision_id}: {facts['question']}"
        case "more":
            return f"{facts['more']} more about {facts['about']} today"
        case _:
            return f"{facts['to_role']} answers no escalation of {facts['from_role']}"


def body_of(alert: AlertFacts, zone: str) -> str:
    """What happened, by whom it was found or asked, and the command that shows more."""
    facts = alert.facts
    match alert.kind:
        case "finding":
            return _finding(alert, zone)
        case "unanswered":
            woken = "was woken and " if facts.get("was_woken", True) else ""
            unanswered = f"{facts['watcher']} {woken}did not answer, nor did the ceo."
            return f"{facts['title']} {facts['effect']} {unanswered} watchbill why F-{alert.finding_id}"
        case "decision":
            return _decision(alert, zone)
        case "more":
            return _more(facts)
        case _:
            return f"{facts['subject']}: {facts['body']}"


def unsent_text(alert: AlertFacts, accepted_by: Iterable[str]) -> tuple[str, str]:
    """Title and effect of the finding that an alert was refused too often."""
    channels = ", ".join(sorted(accepted_by)) or "nobody"
    return (
        f"an alert did not reach you: {subject_of(alert)}",
        f"{counted(alert.tries, 'try', 'tries')}; taken by: {channels}",
    )


def _finding(alert: AlertFacts, zone: str) -> str:
    facts = alert.facts
    found = f"Found by {facts['found_by']}, {_moment(facts['found_at'], zone)}. Watcher: {facts['watcher']}."
    return _lines(subject_of(alert), facts["effect"], found, f"watchbill why F-{alert.finding_id}")


def _decision(alert: AlertFacts, zone: str) -> str:
    facts = alert.facts
    silence = f'Answer by {_moment(facts["answer_by"], zone)}; if you say nothing: "{facts["default_option"]}".'
    command = f"watchbill decide D-{alert.decision_id} {' | '.join(facts['options'])}"
    return _lines(facts["question"], facts["background"], silence, command)


def _more(facts: JsonObject) -> str:
    """One alert for all that a role caused beyond its own few of the day."""
    last = f"The last: {facts['last']}" if facts.get("last") else None
    where = "All of them: watchbill findings; watchbill decide. How many by role: the brief, THE WATCH."
    return _lines(f"The first: {facts['first']}", last, where)


def _moment(iso: str, zone: str) -> str:
    """Wed 11 Mar 18:05."""
    return f"{datetime.fromisoformat(iso).astimezone(ZoneInfo(zone)):%a %d %b %H:%M}"


def _lines(*lines: str | None) -> str:
    return "\n".join(line for line in lines if line)
