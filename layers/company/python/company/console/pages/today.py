"""Today: the verdict, what waits for the owner, what is broken, who is served, the last beat, the money, the day."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from aws_lambda_powertools.event_handler import Response

from company.aws.function_url import BadRequest
from company.brief.rows import OpenDecision
from company.console.answers import give_answer
from company.console.rendering import page, see_other
from company.console.routing import new_routes
from company.console.strips import Strip, strip_of
from company.console.visit import Visit, visit_of
from company.text.wording import counted, duration_text
from company.watch.finding_records import OwnersFinding

DAY = timedelta(hours=24)
SHOWN = 8
SILENT = timedelta(minutes=15)
routes = new_routes()


@dataclass(frozen=True)
class TodayFigures:
    """The company in numbers, now. Money in dollars; customers are those who are not paused."""

    company_is: str
    open_findings: int
    muted_findings: int
    decisions: int
    customers: int
    served: int
    bounced: int
    waiting: int
    last_beat_at: datetime | None
    left_out: int
    open_tasks: int
    blocked_tasks: int
    today_usd: float
    limit_usd: float | None
    month_usd: float


@dataclass(frozen=True)
class TodayBrief:
    """The newest brief: its day and its verdict."""

    brief_date: datetime
    subject: str
    verdict: str | None


@routes.get("/")
def _today() -> Response[str]:
    visit = visit_of(routes)
    figures = visit.brain.row(TodayFigures, "console_today", since=visit.now - DAY)
    assert figures is not None, "console_today is one row"
    return page(
        visit,
        "today.html.j2",
        figures=figures,
        verdict=verdict(figures, visit.now),
        is_silent=figures.last_beat_at is None or visit.now - figures.last_beat_at > SILENT,
        decisions=visit.brain.rows(OpenDecision, "brief_decisions"),
        findings=visit.brain.rows(OwnersFinding, "owners_findings", only_open=True, limit=SHOWN),
        shown=SHOWN,
        strip=_strip(visit),
        brief=visit.brain.one("console_last_brief"),
    )


def verdict(figures: TodayFigures, now: datetime) -> str:
    """One sentence each: is it running, who is served, what is broken, what waits."""
    served = f"{figures.served} of {counted(figures.customers, 'customer')} served in the last 24 hours."
    findings = counted(figures.open_findings, "finding is", "findings are")
    decisions = counted(figures.decisions, "decision waits", "decisions wait")
    broken = f"{findings} open." if figures.open_findings else "Nothing is broken."
    waits = f"{decisions} for you." if figures.decisions else "Nothing waits for you."
    return " ".join((*_standing(figures, now), served, broken, waits))


def _standing(figures: TodayFigures, now: datetime) -> list[str]:
    """What overshadows everything else."""
    stopped = ["The company is stopped by you."] if figures.company_is == "stopped" else []
    if figures.last_beat_at is None:
        return [*stopped, "Nobody watches: there was no beat yet."]
    silence = now - figures.last_beat_at
    unwatched = f"Nobody watches: the last beat is {duration_text(silence)} old."
    return [*stopped, *([unwatched] if silence > SILENT else [])]


def _strip(visit: Visit) -> Strip:
    rows = visit.brain.all("console_hours", since=visit.now - DAY, until=visit.now)
    return strip_of(rows, visit.now - DAY, visit.site.zone)


@routes.post("/answer")
def _answer() -> Response[str]:
    """A question that was answered in place."""
    visit = visit_of(routes)
    number = visit.field("decision", 12)
    if not (number.isascii() and number.isdecimal()):
        raise BadRequest(400, "This form names no question.")
    return give_answer(visit, int(number), visit.field("back", 40) if visit.field("back") == f"/D-{number}" else "/")


@routes.post("/company/switch")
def _switch() -> Response[str]:
    """Stops all work at the next boot, or lets it go on; watching goes on either way."""
    visit = visit_of(routes)
    value = visit.field("value", 20)

    def do() -> str:
        visit.brain.run("set_switch", switch="company", value=value)
        return (
            "The company is stopped: no fire works from now on; heartbeat goes on watching."
            if value == "stopped"
            else "The company is running: each role works again at its next fire."
        )

    return see_other(f"/settings?done={visit.act(f'set the company to {value}', do)}")
