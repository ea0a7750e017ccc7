"""ceo by the book: old questions expire, messages and findings are answered, tasks are put in order; status and brief.

After a model's fire the same code does what the model left: everything here does only what is not done yet.
"""

from collections.abc import Mapping
from functools import partial

from ceo.brief_time import writes_a_brief
from ceo.hearing import report_unheard
from ceo.judging import missing
from ceo.posting import send_approved
from ceo.priorities import reorder
from ceo.tools import company_today, let_silence_answer, write_brief
from ceo.tools import send_back as send_back_tool
from ceo.writing import figures, kept_today
from company.fire.apart import attempt, each
from company.fire.fire import Fire
from company.fire.messages import Message
from company.fire.role import RoleCode
from company.outcomes import Done, Evidence, Outcome
from company.owner.alerts import send_due_alerts
from company.tools.brain import write_page
from company.tools.inbox import unanswered_messages
from company.watch.watching import WatchResult, answer_findings

MOST_STATUS = 7500
"""Characters of the status that is written, cut at the end of a line: every employee reads it at boot."""
Counts = dict[str, int]


def work(fire: Fire) -> Outcome:
    """Every fire writes a true status; one a day writes to the owner."""
    counts = before_model(fire) | _the_rest(fire)
    return Done({"handled": len(fire.inbox) + _handled(counts), **counts})


def before_model(fire: Fire) -> Counts:
    """What needs no judgement: old questions expire, and an escalation that shows no investigation is sent back."""
    none: list[int] = []
    silent = attempt(fire, "questions that nobody answered", lambda: fire.use(let_silence_answer), none)
    attempt(fire, "approved briefs", lambda: send_approved(fire), 0)
    messages = fire.use(unanswered_messages)
    sent_back = sum(each(fire, "escalations", messages, partial(send_back, fire), name=lambda m: f"message {m.id}"))
    return {"silence_answered": len(silent), "sent_back": sent_back}


def duties(fire: Fire, done: Done) -> Evidence:  # noqa: ARG001  every role's duties have this shape
    """What must be done whatever the model did; left_over counts what the model left unanswered."""
    late, counts = before_model(fire), _the_rest(fire)
    return {"left_over": _handled(late | counts), **counts}


def _the_rest(fire: Fire) -> Counts:
    """Each apart. The brief comes last and is the one that may fail the fire: then it is tried again."""
    waiting = len(fire.use(unanswered_messages))
    watched = attempt(fire, "findings", lambda: answer_findings(fire), WatchResult())
    # A model that put work in order in this fire had a reason; a rule of thumb does not undo it.
    is_ordered = "sort_task" in fire.journal.tools_used
    reordered = 0 if is_ordered else attempt(fire, "the order of tasks", lambda: reorder(fire), 0)
    attempt(fire, "the status", partial(_write_status, fire), None)
    attempt(fire, "who hears the alarms", lambda: report_unheard(fire), otherwise=False)
    alerts = attempt(fire, "alerts to the owner", lambda: send_due_alerts(fire), 0)
    brief = _brief(fire) if writes_a_brief(fire) else {}
    return {"answered": waiting, "reordered": reordered, "alerts_sent": alerts, **watched.evidence, **brief}


def _write_status(fire: Fire) -> None:
    fire.use(write_page, key="PROJECT_STATUS", content=_fitting(str(fire.use(company_today)["status"])))


def send_back(fire: Fire, message: Message) -> bool:
    """Sends an escalation that shows no investigation back with what is missing."""
    lacks = missing(message.evidence, message.body) if message.kind == "escalation" else None
    if lacks:
        fire.use(send_back_tool, message_id=message.id, missing=lacks)
    return lacks is not None


def _handled(counts: Mapping[str, int]) -> int:
    return sum(counts[name] for name in ("answered", "sent_back", "silence_answered", "findings_answered"))


def _brief(fire: Fire) -> Counts:
    """The figures of today's brief. What a model wrote in this fire stays, also when the book goes on after it."""
    kept = kept_today(fire) if "write_brief" in fire.journal.tools_used else None
    brief = {**figures(kept), "sent": bool(kept.sent_at)} if kept else fire.use(write_brief)
    return {name: int(brief[name]) for name in ("brief_lines", "checks_passed", "sent") if name in brief}


def _fitting(status: str) -> str:
    """The status, cut to the page's length; the findings have the rest."""
    kept = status[:MOST_STATUS].rpartition("\n")[0] if len(status) > MOST_STATUS else status
    return kept if kept == status else f"{kept}\nand more: see the findings"


ROLE = RoleCode(work=work, before_model=before_model, duties=duties)
