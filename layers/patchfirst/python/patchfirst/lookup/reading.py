"""Reads from the brain all that was known of one CVE at a moment; what is known now is what is known at this one."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from company.brain import Brain
from company.text.wording import counted
from patchfirst.feeds import TITLES
from patchfirst.ids import read_advisory_id, read_id, read_ids
from patchfirst.lookup.answers import (
    CveAnswer,
    Numbers,
    PastAnswer,
    Said,
    ScorePart,
    SourceState,
    Status,
)
from patchfirst.lookup.facts import (
    Rows,
    affected_in,
    estimate_in,
    exploit_of,
    listing_in,
    record_in,
    references_of,
    severities_in,
    triage_in,
)
from patchfirst.lookup.rows import EverKnown, PartAt, PutAsideAt, RowAt, SaidRow, SourceAt
from patchfirst.reasons import Reason, reasons_of
from patchfirst.scores import SCORES

SENTENCES = {part.name: part.sentence for part in SCORES.parts}
STATES: Mapping[str, Status] = {"REJECTED": "rejected", "RESERVED": "reserved"}
ID_FORM = "an id is CVE, a year from 1999 on and a number of four to nineteen digits: CVE-2026-12345"
LISTS_OF_EXPLOITS = ("exploitdb", "metasploit", "nuclei")
LONGEST_ID = 100


def read_answer(brain: Brain, written: str, at: datetime | None = None) -> CveAnswer:
    """What is known of a CVE, however its id is written. at: the moment; None is now."""
    moment = at or brain.now()
    cves = _named(brain, written, moment)
    if len(cves) != 1:
        status, says = _no_one_cve(written, cves)
        return CveAnswer(cve=written[:LONGEST_ID], status=status, says=says, as_of=moment)
    with brain.reading():
        return _of_cve(brain, cves[0], moment, is_now=at is None)


def read_past(brain: Brain, written: str, at: datetime) -> PastAnswer:
    """The same of a past moment, with what had been said by then."""
    answer = read_answer(brain, written, at)
    if answer.status == "malformed":
        return PastAnswer(**dict(answer))
    said = [_said(answer.cve, row) for row in brain.rows(SaidRow, "said_of_cve_until", entity=answer.cve, at=at)]
    return PastAnswer(**dict(answer), said=tuple(said), not_reached=tuple(_not_reached(brain, at)))


def _named(brain: Brain, written: str, at: datetime) -> list[str]:
    """The CVE whose id this is, or those that another database's id named at a moment."""
    cve = read_id(written)
    if cve is not None:
        return [cve]
    other = read_advisory_id(written)
    return [str(row["entity"]) for row in brain.all("cves_named_at", name=other, at=at)] if other else []


def _no_one_cve(written: str, cves: Sequence[str]) -> tuple[Status, str]:
    if cves:
        return "malformed", f"it names {len(cves)} CVEs, ask for one: {', '.join(cves)}"
    if read_advisory_id(written):
        return "unknown", f"no source has a CVE by this id; {ID_FORM}"
    return "malformed", _malformed(written)


def _malformed(written: str) -> str:
    found = read_ids(written[:LONGEST_ID]).read
    if len(found) > 1:
        return f"{counted(len(found), 'id is', 'ids are')} written here; ask for one at a time. {ID_FORM}"
    return f"this is no CVE id: {ID_FORM}" + (f". Did you mean {found[0]}?" if found else "")


def _of_cve(brain: Brain, cve: str, at: datetime, *, is_now: bool) -> CveAnswer:
    rows = brain.rows(RowAt, "cve_rows_at", entity=cve, at=at)
    sources = brain.rows(SourceAt, "sources_at", at=at)
    one = {row.source: row for row in rows}
    numbers = _numbers(brain, cve, at, is_listed="kev" in one, is_now=is_now)
    aside = brain.rows(PutAsideAt, "rows_of_cve_put_aside_at", entity=cve, at=at)
    names = [str(row["id"]) for row in brain.all("names_of_cve", entity=cve, at=at)]
    status, says = _status(brain, cve, one, at)
    if status == "unknown" and names:
        status, says = "known", f"in no list of CVEs of ours; advisories name it: {', '.join(names)}"
    return CveAnswer(
        cve=cve,
        status=status,
        says=says,
        as_of=at,
        names=tuple(names),
        numbers=numbers,
        listing=listing_in(one),
        epss=estimate_in(one),
        cvss=severities_in(brain, one),
        ssvc=triage_in(one),
        record=record_in(one),
        exploits=tuple(exploit_of(row) for row in rows if row.source in LISTS_OF_EXPLOITS),
        affected=tuple(affected_in(one)),
        references=tuple(references_of(cve, rows)) if rows else (),
        sources=tuple(_state(source, _latest(source, rows), at) for source in sources),
        not_known=tuple(_not_known(one, numbers, sources, aside)),
    )


def _status(brain: Brain, cve: str, one: Rows, at: datetime) -> tuple[Status, str]:
    state = str(one["cves"].was["state"]).upper() if "cves" in one else ""
    if state in STATES and "kev" not in one:
        return STATES[state], f"its record in the CVE List is {STATES[state]}: it names no vulnerability"
    if one:
        named = ", ".join(TITLES.get(source, source) for source in sorted(one))
        return "known", f"in {named}" + (f"; its record is {STATES[state]}" if state in STATES else "")
    gone = brain.rows(EverKnown, "cve_was_ever_known", entity=cve, at=at)
    if gone:
        until = ", ".join(f"{TITLES.get(row.source, row.source)} until {row.until:%Y-%m-%d %H:%M}Z" for row in gone)
        return "gone", f"in no source any more; it was in {until}"
    return "unknown", "the id is well formed and in no source of ours; it may be reserved, or never assigned"


def _numbers(brain: Brain, cve: str, at: datetime, *, is_listed: bool, is_now: bool) -> Numbers | None:
    """What is so now has each part's evidence; of the past the parts themselves are kept, and say it in general."""
    parts = brain.rows(PartAt, "cve_score_at", entity=cve, at=at)
    if not parts:
        return None
    reasons = {reason.part: reason for reason in reasons_of(brain, [cve]).get(cve, ())} if is_now else {}
    numbers = {part.question: float(part.number_of_question) for part in parts}
    return Numbers(
        score=float(parts[0].score),
        fix_now=numbers.get("now") if is_listed else None,
        next=numbers.get("next"),
        model_version=parts[0].model_version,
        since=parts[0].since,
        parts=tuple(_part(part, reasons.get(part.part)) for part in parts),
    )


def _part(row: PartAt, reason: Reason | None) -> ScorePart:
    unknown = "nobody knows this part; it counts as its average"
    general = SENTENCES.get(row.part, row.part) if row.value is not None else unknown
    return ScorePart(
        part=row.part,
        question=row.question,
        value=row.value,
        points=float(row.points),
        says=reason.says if reason else general,
        source=(reason.source or None) if reason else None,
        as_of=reason.as_of if reason else None,
    )


def _latest(source: SourceAt, rows: Sequence[RowAt]) -> RowAt | None:
    return max((row for row in rows if row.source == source.source), key=lambda row: row.since, default=None)


def _state(source: SourceAt, row: RowAt | None, at: datetime) -> SourceState:
    """A list says what is in it with each edition; a stream of changes when the record itself was changed last."""
    stamp = (row.was.get(source.newer_by) if source.newer_by else source.edition_at) if row else None
    age = at - source.edition_at if source.edition_at else None
    return SourceState(
        source=source.source,
        title=TITLES.get(source.source, source.source),
        has_it=row is not None,
        since=row.since if row else None,
        last_said_at=stamp,
        edition_at=source.edition_at,
        read_at=source.read_at,
        age_hours=round(age.total_seconds() / 3600, 1) if age else None,
        limit_hours=source.fresh_within.total_seconds() / 3600,
        is_stale=source.is_stale,
    )


def _not_known(
    one: Rows, numbers: Numbers | None, sources: Sequence[SourceAt], aside: Sequence[PutAsideAt]
) -> list[str]:
    parts = [part.part for part in numbers.parts if part.value is None] if numbers else []
    unread = [source.source for source in sources if source.edition_at is None]
    stale = [source for source in sources if source.is_stale and source.edition_at]
    return [
        *(f"{TITLES.get(row.source, row.source)}: its row could not be read ({row.reason})" for row in aside),
        *(f"{TITLES.get(name, name)}: nothing of it has been read" for name in unread),
        *(
            f"{TITLES.get(row.source, row.source)}: what changed since {row.edition_at:%Y-%m-%d %H:%M}Z"
            for row in stale
        ),
        *([f"parts of the score: {', '.join(parts)}"] if parts else []),
        *(["its score: it has none yet"] if one and numbers is None else []),
        *(["its severity: no source has a CVSS score"] if one and not _has_severity(one) else []),
        *(["the chance that it is exploited: EPSS does not have it"] if one and "epss" not in one else []),
    ]


def _has_severity(one: Rows) -> bool:
    return any(one[name].was["cvss_score"] is not None for name in ("cves", "nvd") if name in one)


def _not_reached(brain: Brain, at: datetime) -> list[str]:
    """Where the brain's history begins only after the moment. Agreed names of vendors have no history at all."""
    late = [row for row in brain.rows(SourceAt, "sources_at", at=at) if not row.first_read_at or row.first_read_at > at]
    first, names = brain.value("first_score_pass"), brain.one("names_are_kept_since")
    return [
        *(f"{TITLES.get(row.source, row.source)}: {_first_read(row)}" for row in late),
        *(["scores: " + (f"first computed {first:%Y-%m-%d %H:%M}Z" if first else "none was ever computed")]
          if first is None or first > at else []),
        *([f"other names: kept since {names['begins_at']:%Y-%m-%d %H:%M}Z; one that was taken back before is not shown"]
          if names and names["begins_at"] > at else []),
    ]  # fmt: skip


def _first_read(row: SourceAt) -> str:
    return f"first read {row.first_read_at:%Y-%m-%d %H:%M}Z" if row.first_read_at else "never read"


def _said(cve: str, row: SaidRow) -> Said:
    return Said(
        name=row.name,
        to_whom=row.to_whom,
        kind=row.kind,
        written_at=row.written_at,
        status=row.status,
        ended_at=row.ended_at,
        mail_status=row.mail_status,
        subject=row.subject,
        lines=tuple(line.strip() for line in row.body.splitlines() if cve in read_ids(line).read),
        changes=tuple(str(item.get("what")) for item in row.items if item.get("cve") == cve),
    )
