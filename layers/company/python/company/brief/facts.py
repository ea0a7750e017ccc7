"""All that a brief may say, gathered once from the brain: the page is written from this record and nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from company.brain import Brain
from company.brief.sentences import NONE, Sentences
from company.pages.orphans import org_checks
from company.plain import plain

DAY = timedelta(hours=24)
ENDS = ("succeeded", "skipped", "failed", "timed_out", "missed", "withdrawn", "running", "expected")
NOT_KEPT = ("teller", "last_brief", "sentences", "roles")
Row = Mapping[str, Any]
Rows = Sequence[Row]


@dataclass(frozen=True)
class Teller:
    """Who writes: the company's title, the owner's zone, what kind of desk this is, and by which slot.

    worked_by is whose sentences stand on the page, book or model; because is why they are the book's, where a model was
    asked for them; is_thinking says that a model is at work in this fire, whoever wrote.
    """

    title: str
    zone: ZoneInfo
    slot: str
    due_at: datetime
    desk: str = ""
    worked_by: str = "book"
    because: str = ""
    is_thinking: bool = False


@dataclass(frozen=True)
class Facts:
    """One day of the company, as rows. Every list is as the brain gave it; what is derived is derived here."""

    teller: Teller
    brief_date: date
    since: datetime
    until: datetime
    frame: Row
    decisions: Rows
    promises: Rows
    findings: Rows
    last_finding: Row | None
    escalations: Rows
    customers: Rows
    sources: Rows
    scores: Row
    domains: Rows
    slots: Mapping[str, int]
    late: int
    fires: Row
    month_usd: float
    spending: Row
    checks: Rows
    differing: Rows
    last_brief: Row | None = None
    by_book_because: Rows = ()
    promised_findings: Rows = field(default=())
    root_causes: Rows = field(default=())
    roles: Sequence[str] = ()
    sentences: Sentences = NONE
    """A model's, for the places that the book leaves to it; each section asks for its own."""

    @property
    def zone(self) -> ZoneInfo:
        return self.teller.zone

    @property
    def is_simulated(self) -> bool:
        return bool(self.frame["is_simulated"])

    @cached_property
    def open_findings(self) -> list[Row]:
        """What is wrong now and not muted by the owner."""
        return [row for row in self.findings if row["closed_at"] is None and not row["is_muted"]]

    @cached_property
    def muted_findings(self) -> list[Row]:
        return [row for row in self.findings if row["closed_at"] is None and row["is_muted"]]

    @cached_property
    def healed(self) -> list[Row]:
        return [row for row in self.findings if row["closed_at"] is not None]

    @cached_property
    def stale(self) -> list[Row]:
        return [row for row in self.sources if row["is_stale"]]

    @cached_property
    def orphans(self) -> list[Row]:
        """Whoever or whatever a check of responsibility caught."""
        return [{"check": row["check_name"], **caught} for row in self.checks for caught in row["caught"]]

    @cached_property
    def to_serve(self) -> list[Row]:
        return [row for row in self.customers if not row["is_paused"]]

    @cached_property
    def served(self) -> list[Row]:
        return [row for row in self.to_serve if row["sent"]]

    @property
    def all_slots(self) -> int:
        return sum(self.slots.values())

    def by_the_model(self, sentences: Sentences) -> "Facts":
        """The same facts, to be told with these sentences."""
        teller = replace(self.teller, worked_by="model", because="", is_thinking=True)
        return replace(self, sentences=sentences, teller=teller)

    def as_json(self) -> dict[str, Any]:
        """What is kept beside the page, in JSON's own shapes."""
        kept = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in NOT_KEPT}
        derived = {"all_slots": self.all_slots, "orphans": self.orphans, "minutes": minutes(self.decisions)}
        return {**{name: plain(value) for name, value in kept.items()}, **plain(derived)}


def minutes(decisions: Rows) -> int:
    """How long the open decisions will take the owner."""
    return sum(row["minutes"] for row in decisions)


def gather(brain: Brain, *, teller: Teller, brief_date: date, until: datetime) -> Facts:
    """The facts of the span since the last brief; of the last 24 hours when there was none."""
    frame = brain.one("brief_frame", brief_date=brief_date)
    assert frame is not None, "a brain has its clock"
    since = _since(frame, until)
    last_brief = brain.one("last_brief_before", brief_date=brief_date)
    month = until.astimezone(teller.zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return Facts(
        teller=teller,
        brief_date=brief_date,
        since=since,
        until=until,
        frame=frame,
        decisions=brain.all("brief_decisions"),
        last_finding=brain.one("brief_last_finding", since=since),
        escalations=brain.all("brief_escalations"),
        month_usd=float(brain.value("brief_month", month=month)),
        spending=brain.one("brief_spending", since=since, until=until) or {},
        checks=org_checks(brain),
        differing=brain.all("differing_schedules"),
        last_brief=last_brief,
        promised_findings=_became_of(brain, last_brief),
        roles=tuple(row["role"] for row in brain.all("brief_roles")),
        **_of_span(brain, {"since": since, "until": until}),
    )


def _of_span(brain: Brain, span: Mapping[str, datetime]) -> dict[str, Any]:
    """What happened between two moments."""
    slots = brain.all("brief_slots", **span)
    return {
        "promises": brain.all("brief_answers", **span),
        "root_causes": brain.all("brief_root_causes", **span),
        "findings": brain.all("brief_findings", **span),
        "customers": brain.all("brief_customers", **span),
        "sources": brain.all("brief_sources", **span),
        "scores": brain.one("brief_scores", **span) or {},
        "domains": brain.all("brief_domains", **span),
        "slots": {end: _count(slots, end) for end in ENDS},
        "late": sum(row["late"] for row in slots),
        "fires": brain.one("brief_fires", **span) or {},
        "by_book_because": brain.all("brief_by_the_book_because", **span),
    }


def _since(frame: Row, until: datetime) -> datetime:
    """From where the last brief stopped; the first brief begins with the company."""
    last: datetime | None = frame["last_brief_to"]
    first_slot: datetime | None = frame["first_slot_at"]
    if last is not None:
        return max(last, until - 7 * DAY)
    return until - DAY if first_slot is None else max(first_slot, until - DAY)


def _count(slots: Rows, end: str) -> int:
    return sum(row["slots"] for row in slots if row["status"] == end)


def _became_of(brain: Brain, last_brief: Row | None) -> Rows:
    """The findings that the last brief called open, as they stand now."""
    if last_brief is None:
        return ()
    told = last_brief["facts"].get("facts", {}).get("findings", [])
    ids = [row["id"] for row in told if row["closed_at"] is None]
    return brain.all("findings_by_id", ids=ids) if ids else ()
