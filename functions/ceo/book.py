"""ceo by the book: silence answers, mail and findings are answered, work is put in order; the status, and the brief."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from ceo.judging import missing
from ceo.posting import send_allowed
from ceo.priorities import order
from company.alerts import send_due
from company.outcomes import Done, Outcome
from company.session import Fire
from company.watching import answer_findings

MORNING = (time(4, 0), time(10, 0))
"""In the owner's zone. Of fires six hours apart exactly one falls in here, wherever the owner lives."""


def preflight(fire: Fire) -> str | None:
    """Never a reason to rest. A brief that the owner let go is mailed here, whoever works the fire, book or model."""
    send_allowed(fire)
    return None


def work(fire: Fire) -> Outcome:
    """Every fire leaves the status true; one a day writes to the owner."""
    silent = fire.use("let_silence_answer")
    waiting = fire.use("unanswered_messages")
    sent_back = sum(send_back(fire, message) for message in waiting)
    watched = answer_findings(fire)
    reordered = order(fire)
    fire.use("write_page", key="PROJECT_STATUS", content=fire.use("company_today")["status"])
    brief = fire.use("write_brief") if is_morning(fire.event.due_at, fire.settings.owner_timezone) else {}
    handled = len(fire.inbox) + len(waiting) + len(silent) + watched.answered
    evidence = {"handled": handled, "silence_answered": len(silent), "sent_back": sent_back, "reordered": reordered}
    return Done({**evidence, "alerts_sent": send_due(fire), **watched.evidence, **_figures(brief)})


def send_back(fire: Fire, message: Mapping[str, Any]) -> bool:
    """An escalation that shows no investigation goes back with what is missing; nobody above would know more."""
    lacks = missing(message["evidence"], message["body"]) if message["kind"] == "escalation" else None
    if lacks:
        fire.use("send_back", message_id=message["id"], missing=lacks)
    return lacks is not None


def is_morning(due_at: datetime, zone: str) -> bool:
    """Whether this fire is the one that the owner's brief comes from."""
    start, end = MORNING
    return start <= due_at.astimezone(ZoneInfo(zone)).time() < end


def _figures(brief: dict[str, Any]) -> dict[str, int]:
    return {name: int(number) for name, number in brief.items() if name in ("brief_lines", "checks_passed", "sent")}
