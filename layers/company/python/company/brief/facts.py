"""All that a brief may say, read once from the brain: the page is written from this record and nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TypedDict
from zoneinfo import ZoneInfo

from company.brain import Brain
from company.brief.changes import BriefDeployment, PromisedChange
from company.brief.finding_rows import BriefFinding, LastFinding, PromisedFinding
from company.brief.matters import Matter, matters_of
from company.brief.rows import (
    BookReason,
    CustomerLine,
    DomainLine,
    FireFigures,
    Frame,
    LastBrief,
    OpenDecision,
    Promise,
    RoleName,
    RootCause,
    ScorePasses,
    SetAside,
    SlotCount,
    SourceLine,
    SpendingFigures,
    UnansweredEscalation,
    UnreadField,
)
from company.brief.sentences import NONE, Sentences
from company.json_values import JsonObject, json_ready
from company.pages.responsibility import DifferingSchedule, Orphan, OrphanCheck, all_orphans
from company.pipeline.asking.troubles import SourceTrouble
from company.pipeline.rows.put_aside import RowPutAside
from company.text.wording import day_and_time
from company.watch.beats import IncompleteBeats

DAY = timedelta(hours=24)
MOST_QUESTIONS = 5
"""What one page asks of the owner, however many wait; the first of each asker before the second of any."""
ENDS = ("succeeded", "skipped", "failed", "timed_out", "missed", "withdrawn", "running", "expected")
NOT_KEPT = ("origin", "last_brief", "sentences", "roles")


@dataclass(frozen=True)
class BriefOrigin:
    """Where a brief comes from: the company's title, the owner's zone, the kind of desk, the slot, and who writes.

    worked_by: whose sentences the page has, book or model. because: why they are the book's, where a model was asked
    for them. is_model_working: a model works in this fire, whether or not it wrote the sentences.
    """

    title: str
    zone: ZoneInfo
    slot: str
    due_at: datetime
    desk: str = ""
    worked_by: str = "book"
    because: str = ""
    is_model_working: bool = False


@dataclass(frozen=True)
class BriefFacts:
    """One day of the company, as rows. Every list is as the brain gave it; what follows from them is computed here."""

    origin: BriefOrigin
    brief_date: date
    since: datetime
    until: datetime
    frame: Frame
    decisions: Sequence[OpenDecision]
    promises: Sequence[Promise]
    findings: Sequence[BriefFinding]
    last_finding: LastFinding | None
    escalations: Sequence[UnansweredEscalation]
    customers: Sequence[CustomerLine]
    sources: Sequence[SourceLine]
    scores: ScorePasses
    domains: Sequence[DomainLine]
    slots: Mapping[str, int]
    late: int
    fires: FireFigures
    month_usd: float
    spending: SpendingFigures
    set_aside: Sequence[SetAside]
    checks: Sequence[OrphanCheck]
    differing: Sequence[DifferingSchedule]
    last_brief: LastBrief | None = None
    by_book_because: Sequence[BookReason] = ()
    promised_findings: Sequence[PromisedFinding] = ()
    unread: Sequence[UnreadField] = ()
    root_causes: Sequence[RootCause] = ()
    deployments: Sequence[BriefDeployment] = ()
    promised_changes: Sequence[PromisedChange] = ()
    troubles: Sequence[SourceTrouble] = ()
    """The sources in whose way something stands now."""
    put_aside: Sequence[RowPutAside] = ()
    """Rows that nobody can read now, of sources whose every row matters."""
    beats: IncompleteBeats | None = None
    roles: Sequence[str] = ()
    sentences: Sentences = NONE
    """A model's sentences, for the places that the book leaves to it; each section takes its own."""

    @property
    def zone(self) -> ZoneInfo:
        return self.origin.zone

    def when(self, moment: datetime) -> str:
        """Wed 18:05 where the owner is; a moment of more than six days ago by its date."""
        return day_and_time(moment, self.zone, self.until)

    @property
    def is_simulated(self) -> bool:
        return self.frame.is_simulated

    @property
    def questions(self) -> Sequence[OpenDecision]:
        """The open decisions that this page asks about."""
        return self.decisions[:MOST_QUESTIONS]

    @property
    def more_questions(self) -> int:
        """How many open decisions wait beside those."""
        return len(self.decisions) - len(self.questions)

    @cached_property
    def open_findings(self) -> list[BriefFinding]:
        """What is wrong now and not muted by the owner."""
        return [row for row in self.findings if row.closed_at is None and not row.is_muted]

    @cached_property
    def muted_findings(self) -> list[BriefFinding]:
        return [row for row in self.findings if row.closed_at is None and row.is_muted]

    @cached_property
    def healed(self) -> list[BriefFinding]:
        return [row for row in self.findings if row.closed_at is not None]

    @cached_property
    def matters(self) -> list[Matter]:
        """What waits for the owner beside the questions."""
        return list(matters_of(self.open_findings, self.frame.held))

    @cached_property
    def stale(self) -> list[SourceLine]:
        return [row for row in self.sources if row.is_stale]

    @cached_property
    def stuck(self) -> list[SourceTrouble]:
        """Sources whose fires fail, or whose edition waits, for longer than the limit: what customers miss by it."""
        return [row for row in self.troubles if row.is_stuck]

    def findings_about(self, source: str) -> list[BriefFinding]:
        """Open findings about a source; what keeps it from moving first."""
        about = [row for row in self.open_findings if row.is_about(source)]
        return sorted(about, key=lambda row: row.kind != "stuck_source")

    def trouble_of(self, source: str) -> SourceTrouble | None:
        return next((row for row in self.troubles if row.source == source), None)

    @cached_property
    def orphans(self) -> list[Orphan]:
        """The roles, schedules and tasks that a check of responsibility caught."""
        return all_orphans(self.checks)

    @cached_property
    def to_serve(self) -> list[CustomerLine]:
        return [row for row in self.customers if not row.is_paused]

    @cached_property
    def served(self) -> list[CustomerLine]:
        return [row for row in self.to_serve if row.sent]

    @property
    def all_slots(self) -> int:
        return sum(self.slots.values())

    def with_sentences(self, sentences: Sentences) -> "BriefFacts":
        """The same facts, with a model's sentences."""
        origin = replace(self.origin, worked_by="model", because="", is_model_working=True)
        return replace(self, sentences=sentences, origin=origin)

    def as_json(self) -> JsonObject:
        """What is kept beside the page, as JSON has it."""
        kept = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in NOT_KEPT}
        computed = {"all_slots": self.all_slots, "orphans": self.orphans, "minutes": minutes(self.questions)}
        return {name: json_ready(value) for name, value in (kept | computed).items()}


def minutes(decisions: Sequence[OpenDecision]) -> int:
    """How long these decisions will take the owner."""
    return sum(row.minutes for row in decisions)


def gather_facts(brain: Brain, *, origin: BriefOrigin, brief_date: date, until: datetime) -> BriefFacts:
    """The facts from where the last brief ended."""
    frame = brain.row(Frame, "brief_frame", brief_date=brief_date)
    assert frame is not None, "brief_frame is one row"
    since = _since(frame, until)
    last_brief = brain.row(LastBrief, "last_brief_before", brief_date=brief_date)
    month = until.astimezone(origin.zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return BriefFacts(
        origin=origin,
        brief_date=brief_date,
        since=since,
        until=until,
        frame=frame,
        decisions=brain.rows(OpenDecision, "brief_decisions"),
        last_finding=brain.row(LastFinding, "brief_last_finding", since=since),
        escalations=brain.rows(UnansweredEscalation, "brief_escalations"),
        month_usd=float(brain.value("brief_month", month=month)),
        checks=brain.rows(OrphanCheck, "orphans"),
        troubles=brain.rows(SourceTrouble, "source_troubles"),
        put_aside=brain.rows(RowPutAside, "rows_put_aside"),
        beats=brain.row(IncompleteBeats, "brief_beats", since=since, until=until),
        differing=brain.rows(DifferingSchedule, "differing_schedules"),
        last_brief=last_brief,
        promised_findings=_promised_findings(brain, last_brief),
        roles=tuple(row.role for row in brain.rows(RoleName, "brief_roles")),
        **_work_of_span(brain, since, until),
        **_figures_of_span(brain, since, until),
    )


class _Work(TypedDict):
    promises: Sequence[Promise]
    root_causes: Sequence[RootCause]
    deployments: Sequence[BriefDeployment]
    promised_changes: Sequence[PromisedChange]
    findings: Sequence[BriefFinding]
    customers: Sequence[CustomerLine]
    sources: Sequence[SourceLine]
    unread: Sequence[UnreadField]
    domains: Sequence[DomainLine]
    by_book_because: Sequence[BookReason]
    set_aside: Sequence[SetAside]


class _Figures(TypedDict):
    scores: ScorePasses
    slots: Mapping[str, int]
    late: int
    fires: FireFigures
    spending: SpendingFigures


def _work_of_span(brain: Brain, since: datetime, until: datetime) -> _Work:
    return {
        "promises": brain.rows(Promise, "brief_answers", since=since, until=until),
        "root_causes": brain.rows(RootCause, "brief_root_causes", since=since, until=until),
        "deployments": brain.rows(BriefDeployment, "brief_deployments", since=since, until=until),
        "promised_changes": brain.rows(PromisedChange, "brief_promised_changes", since=since, until=until),
        "findings": brain.rows(BriefFinding, "brief_findings", since=since, until=until),
        "customers": brain.rows(CustomerLine, "brief_customers", since=since, until=until),
        "sources": brain.rows(SourceLine, "brief_sources", since=since, until=until),
        "unread": brain.rows(UnreadField, "brief_unread", since=since, until=until),
        "domains": brain.rows(DomainLine, "brief_domains", since=since, until=until),
        "set_aside": brain.rows(SetAside, "brief_set_aside", since=since, until=until),
        "by_book_because": brain.rows(BookReason, "brief_by_the_book_because", since=since, until=until),
    }


def _figures_of_span(brain: Brain, since: datetime, until: datetime) -> _Figures:
    slots = brain.rows(SlotCount, "brief_slots", since=since, until=until)
    scores = brain.row(ScorePasses, "brief_scores", since=since, until=until)
    fires = brain.row(FireFigures, "brief_fires", since=since, until=until)
    spending = brain.row(SpendingFigures, "brief_spending", since=since, until=until)
    assert scores and fires and spending, "a sum is always one row"
    return {
        "scores": scores,
        "slots": {end: sum(row.slots for row in slots if row.status == end) for end in ENDS},
        "late": sum(row.late for row in slots),
        "fires": fires,
        "spending": spending,
    }


def _since(frame: Frame, until: datetime) -> datetime:
    """From where the last brief ended; the first brief begins with the company."""
    if frame.last_brief_to is not None:
        return max(frame.last_brief_to, until - 7 * DAY)
    return until - DAY if frame.first_slot_at is None else max(frame.first_slot_at, until - DAY)


def _promised_findings(brain: Brain, last_brief: LastBrief | None) -> Sequence[PromisedFinding]:
    """The findings that the last brief called open, as they are now."""
    if last_brief is None:
        return ()
    reported = last_brief.facts.get("facts", {}).get("findings", [])
    ids = [row["id"] for row in reported if row["closed_at"] is None]
    return brain.rows(PromisedFinding, "findings_by_id", ids=ids) if ids else ()
