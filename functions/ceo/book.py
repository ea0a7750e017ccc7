"""ceo by the book: silence answers, mail and findings are answered, work is put in order; the status, and the brief.

With a model the same comes after its finish, for whatever it left: everything here does only what is not done yet.
"""

from collections.abc import Mapping
from typing import Any

from ceo.judging import missing
from ceo.morning import writes_a_brief
from ceo.posting import send_allowed
from ceo.priorities import order
from ceo.tools import company_today, let_silence_answer, write_brief
from ceo.tools import send_back as send_back_tool
from ceo.writing import figures, kept_today
from company.fire.fire import Fire
from company.fire.messages import Message
from company.fire.role import RoleCode
from company.outcomes import Done, Evidence, Outcome
from company.owner.alerts import send_due_alerts
from company.tools.brain import write_page
from company.tools.inbox import unanswered_messages
from company.watch.watching import answer_findings

MOST_STATUS = 7500


def work(fire: Fire) -> Outcome:
    """Every fire leaves the status true; one a day writes to the owner."""
    came_to = before_thinking(fire) | _the_rest(fire)
    return Done({"handled": len(fire.inbox) + _handled(came_to), **came_to})


def before_thinking(fire: Fire) -> dict[str, Any]:
    """What is no matter of judgement: silence answers, and an escalation that shows no investigation goes back."""
    silent = fire.use(let_silence_answer)
    send_allowed(fire)
    sent_back = sum(send_back(fire, message) for message in fire.use(unanswered_messages))
    return {"silence_answered": len(silent), "sent_back": sent_back}


def duties(fire: Fire, done: Done) -> Evidence:  # noqa: ARG001  every role's duties have this shape
    """What the company is owed however the model finished; left_over is what waited for it and found no answer."""
    late, came_to = before_thinking(fire), _the_rest(fire)
    return {"left_over": _handled(late | came_to), **came_to}


def _the_rest(fire: Fire) -> dict[str, Any]:
    waiting = len(fire.use(unanswered_messages))
    watched = answer_findings(fire)
    # Whoever put work in order in this fire had a reason; a rule of thumb does not undo it.
    reordered = 0 if "sort_task" in fire.journal.tools_used else order(fire)
    fire.use(write_page, key="PROJECT_STATUS", content=_fitting(fire.use(company_today)["status"]))
    brief = _brief(fire) if writes_a_brief(fire) else {}
    counts = {"answered": waiting, "reordered": reordered, "alerts_sent": send_due_alerts(fire)}
    return {**counts, **watched.evidence, **_figures(brief)}


def send_back(fire: Fire, message: Message) -> bool:
    """An escalation that shows no investigation goes back with what is missing; nobody above would know more."""
    lacks = missing(message.evidence, message.body) if message.kind == "escalation" else None
    if lacks:
        fire.use(send_back_tool, message_id=message.id, missing=lacks)
    return lacks is not None


def _handled(came_to: Mapping[str, Any]) -> int:
    return sum(came_to[name] for name in ("answered", "sent_back", "silence_answered", "findings_answered"))


def _brief(fire: Fire) -> dict[str, Any]:
    """What a model wrote in this very fire stays, also when it fell silent afterwards and the book goes on."""
    kept = kept_today(fire) if "write_brief" in fire.journal.tools_used else None
    return {**figures(kept), "sent": bool(kept["sent_at"])} if kept else dict(fire.use(write_brief))


def _fitting(status: str) -> str:
    """The status as far as its page goes; on a day with so much amiss the findings have the rest."""
    kept = status[:MOST_STATUS].rpartition("\n")[0] if len(status) > MOST_STATUS else status
    return kept if kept == status else f"{kept}\nand more: see the findings"


def _figures(brief: dict[str, Any]) -> dict[str, int]:
    return {name: int(brief[name]) for name in ("brief_lines", "checks_passed", "sent") if name in brief}


ROLE = RoleCode(work=work, before_thinking=before_thinking, duties=duties)
