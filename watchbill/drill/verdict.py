"""Judges a run of the drill: who noticed each fault, how soon, what the owner saw, and what was wrong besides."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from company.json_values import JsonObject
from watchbill.drill.evidence import Cause, DrillRows, FoundRow, SignRow
from watchbill.drill.fault import Fault, Outage
from watchbill.drill.kills.figures import WeekFigures, differences, in_force

CLOUDWATCH = "CloudWatch"


@dataclass(frozen=True)
class Sighting:
    """One row that noticed a fault."""

    by: str
    at: datetime
    sign: str
    finding: FoundRow | None = None
    row: SignRow | None = None


@dataclass(frozen=True)
class FaultReport:
    """One fault of a drill. Minutes are simulated; problems says why it is not ok."""

    name: str
    outage: str
    planted: str
    planted_at: datetime | None
    noticed_by: str | None
    noticed_after_minutes: float | None
    limit_minutes: float
    escalated_to: str | None
    owner_saw: str | None
    healed_at: datetime | None
    healed_by: str | None
    caused_by: str | None
    caused_at: datetime | None
    said_role: str | None
    said_at: datetime | None
    problems: tuple[str, ...]
    is_noticed: bool
    """By somebody who is named for it, within its limit; what the owner saw and how it ended are asked beside."""
    left_out: str | None
    """Why it was not planted: this product cannot have it."""
    beside: str | None
    """The fault that was planted beside it, in a drill of pairs."""

    @property
    def ok(self) -> bool:
        return not self.problems and self.left_out is None

    @property
    def is_attributed(self) -> bool:
        """Whether a role of the company caused it, so that the rows must say which."""
        return self.caused_by is not None and self.caused_at is not None

    @property
    def has_right_role(self) -> bool:
        return self.is_attributed and self.said_role == self.caused_by

    @property
    def has_right_slot(self) -> bool:
        return self.has_right_role and self.said_at == self.caused_at

    def as_json(self) -> JsonObject:
        return {**asdict(self), "problems": list(self.problems), "ok": self.ok}


@dataclass(frozen=True)
class Verdict:
    faults: Sequence[FaultReport]
    false_alarms: Sequence[str]
    lost: Sequence[str]

    @property
    def ok(self) -> bool:
        """Of faults that were all left out it is not: nothing was tried."""
        is_tried = bool(self.planted) or not self.faults
        return not self.false_alarms and not self.lost and is_tried and all(fault.ok for fault in self.planted)

    @property
    def planted(self) -> Sequence[FaultReport]:
        """Without those that this product cannot have."""
        return [fault for fault in self.faults if fault.left_out is None]


AskCause = Callable[[FoundRow | SignRow], Cause]
"""Which role at which slot caused what a row noticed."""


def judge_outages(outages: Sequence[Outage], evidence: DrillRows, ended_at: datetime, ask: AskCause) -> Verdict:
    return Verdict(
        faults=[_report(outage, evidence, ended_at, ask) for outage in outages],
        false_alarms=list(false_alarms(outages, evidence)),
        lost=list(evidence.lost),
    )


def compared(verdict: Verdict, calm: WeekFigures, holds: Mapping[str, str]) -> Verdict:
    """The same with whom a week without faults accuses, and with what this one holds otherwise at its end."""
    alarms = [f"in a week without faults: {alarm}" for alarm in calm.alarms]
    lost = [f"in a week without faults: {thing}" for thing in calm.lost]
    lost += differences(in_force(calm.holds), in_force(holds))
    return replace(verdict, false_alarms=[*verdict.false_alarms, *alarms], lost=[*verdict.lost, *lost])


def false_alarms(outages: Sequence[Outage], evidence: DrillRows) -> Iterator[str]:
    """Findings and rings that no fault explains: each accuses a healthy part. Without a fault: all of them."""
    for found in evidence.findings:
        if not any(outage.explains(found.subject, found.accused, found.found_at) for outage in outages):
            yield f"{found.name} {found.found_at:%a %H:%M} by {found.found_by}: {found.title}"
    for notice in evidence.notices:
        if not any(_is_heard_of(outage, notice.at) for outage in outages):
            yield f"notice {notice.at:%a %H:%M}: {notice.title}"


def _is_heard_of(outage: Outage, at: datetime) -> bool:
    """A notice names no part, so any fault that stands then, or stood just before, explains it."""
    if outage.planted_at is None or at < outage.planted_at:
        return False
    return outage.healed_at is None or at <= outage.healed_at + outage.fault.aftermath


def _report(outage: Outage, evidence: DrillRows, ended_at: datetime, ask: AskCause) -> FaultReport:
    fault, noticed = outage.fault, sorted(_noticed(outage, evidence), key=lambda one: one.at)
    first = next((one for one in noticed if not fault.by or one.by in fault.by), noticed[0] if noticed else None)
    seen = _seen(noticed, evidence)
    planted, said = outage.planted, _said_cause(first, noticed, ask)
    minutes = (first.at - outage.planted_at).total_seconds() / 60 if first and outage.planted_at else None
    return FaultReport(
        name=fault.name,
        outage=fault.outage,
        planted=planted.says if planted else "was not planted",
        planted_at=outage.planted_at,
        noticed_by=first.by if first else None,
        noticed_after_minutes=minutes,
        limit_minutes=fault.limit.total_seconds() / 60,
        escalated_to=_escalated_to(first),
        owner_saw=seen,
        healed_at=outage.healed_at,
        healed_by=_healed_by(noticed),
        caused_by=planted.cause if planted else None,
        caused_at=planted.cause_at if planted else None,
        said_role=said.role,
        said_at=said.due_at,
        problems=tuple(_problems(outage, first, minutes, noticed, seen, ended_at)),
        is_noticed=not any(_unnoticed(fault, first, minutes)),
        left_out=outage.left_out,
        beside=outage.beside,
    )


def _said_cause(first: Sighting | None, noticed: Sequence[Sighting], ask: AskCause) -> Cause:
    """Of the row that noticed it; an alarm outside the company leaves none, so then of the first that did."""
    for one in [first, *noticed] if first else []:
        if row := one and (one.finding or one.row):
            return ask(row)
    return Cause(None, None)


def _noticed(outage: Outage, evidence: DrillRows) -> Iterator[Sighting]:
    fault = outage.fault
    for found in evidence.findings:
        if found.kind in fault.signs and _is_ours(outage, found.subject, found.accused, found.found_at):
            yield Sighting(found.found_by, found.found_at, found.kind, finding=found)
    for sign in evidence.signs:
        if sign.kind in fault.signs and _is_ours(outage, sign.subject, None, sign.found_at):
            yield Sighting(sign.found_by, sign.found_at, sign.kind, row=sign)
    for notice in evidence.notices:
        kind = next((one for one in fault.signs if notice.title.rstrip('"').endswith(one)), None)
        if kind and _is_heard_of(outage, notice.at):
            yield Sighting(CLOUDWATCH, notice.at, kind)


def _is_ours(outage: Outage, subject: str, accused: str | None, at: datetime) -> bool:
    return outage.concerns(subject, accused) and outage.explains(subject, accused, at)


def _escalated_to(first: Sighting | None) -> str | None:
    if first is None:
        return None
    if first.finding is None:
        return first.row.watcher if first.row else "owner"
    return " -> ".join([first.finding.watcher, *("ceo", "owner")[: first.finding.escalated]])


def _seen(noticed: Sequence[Sighting], evidence: DrillRows) -> str | None:
    """What reached the owner first, and where: a ring, a mail of the same day, a line of a page."""
    ways = []
    for one in noticed:
        if one.row and one.row.alerted_at:
            ways.append((one.row.alerted_at, f"mail {one.row.alerted_at:%a %H:%M}: {one.sign.replace('_', ' ')}"))
        if one.finding is None and one.row is None:
            ways.append((one.at, f"ring {one.at:%a %H:%M}: alarm {one.sign}"))
        found = one.finding
        if found and found.rang_at:
            ways.append((found.rang_at, f"ring {found.rang_at:%a %H:%M}: {found.name} {found.title}"))
        if found and found.alerted_at:
            ways.append((found.alerted_at, f"mail {found.alerted_at:%a %H:%M}: {found.name} {found.title}"))
        for page in evidence.pages if found else ():
            if found and page.written_at > one.at and (line := page.line_of(found)):
                ways.append((page.written_at, f"brief {page.written_at:%a}, line {line}: {found.name} {found.title}"))
                break
    return min(ways)[1] if ways else None


def _healed_by(noticed: Sequence[Sighting]) -> str | None:
    """Who said last that it is over."""
    ends = [
        (end, str(row.closed_by))
        for one in noticed
        if (row := one.finding or one.row) is not None and (end := row.closed_at) is not None
    ]
    return max(ends)[1] if ends else None


def _problems(
    outage: Outage,
    first: Sighting | None,
    minutes: float | None,
    noticed: Sequence[Sighting],
    seen: str | None,
    ended_at: datetime,
) -> Iterator[str]:
    fault = outage.fault
    yield from outage.problems
    if outage.left_out is not None:
        return
    yield from _unnoticed(fault, first, minutes)
    if first is None:
        return
    if seen is None and not fault.is_quiet:
        yield "the owner saw nothing of it"
    if outage.healed_at and outage.healed_at + fault.closes_within <= ended_at:
        still = [one.finding.name for one in noticed if one.finding and one.finding.closed_at is None]
        if still:
            yield f"{', '.join(still)} is open although it is over"


def _unnoticed(fault: Fault, first: Sighting | None, minutes: float | None) -> Iterator[str]:
    """What is wrong with who noticed it, and when."""
    if first is None or minutes is None:
        yield "nobody noticed it"
        return
    if fault.by and first.by not in fault.by:
        yield f"{' or '.join(fault.by)} did not notice it"
    if minutes > fault.limit.total_seconds() / 60:
        yield f"noticed after {minutes:.0f} min, its limit is {fault.limit.total_seconds() / 60:.0f} min"
