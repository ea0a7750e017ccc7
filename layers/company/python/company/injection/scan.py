"""The scan for prompt injection: one open finding for each place, for its watcher to look at. The text is not changed.

The brain itself opens the finding (note_instructions), because workers may open none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING

from company.errors import Refused
from company.fire.apart import each
from company.fire.fire import Fire
from company.injection.signs import INVISIBLE, SIGNS, FoundSign, find_signs
from company.json_values import JsonObject
from company.text.wording import counted
from company.watch.findings import OpenedFinding

if TYPE_CHECKING:
    from company.watch.finding_records import Finding

KIND = "instructions_in_data"
ANCHORS = [f"%{anchor}%" for sign in SIGNS for anchor in sign.anchors]
PATTERN = "|".join(f"(?:{sign.pattern})" for sign in SIGNS)


@dataclass(frozen=True)
class SuspectRow:
    """A staged row in which the database found a sign. said: its texts, by field."""

    row_no: int
    entity: str | None
    said: JsonObject


Hits = Sequence[tuple[SuspectRow, FoundSign]]
"""The rows in which one field gives orders, each with the sign."""


def scan_for_injection(fire: Fire, place: str, value: object) -> FoundSign | None:
    """Scans what a session is given to read. The first sign is reported, once a fire for each place."""
    found = next(find_signs(value), None)
    if found and fire.journal.note_place(place):
        evidence = {"where": found.field, "sign": found.sign, "excerpt": found.excerpt}
        report_injection(fire, place, evidence, subject=fire.role, matched=found.matched)
    return found


def scan_batch(fire: Fire, batch_id: int, source: str) -> int:
    """Scans a staged batch inside the database; how many new rows give orders to a model. No row changes its fate."""
    rows = fire.brain.rows(
        SuspectRow, "rows_with_instructions", batch=batch_id, anchors=ANCHORS, pattern=PATTERN, invisible=INVISIBLE
    )
    by_field: dict[str, list[tuple[SuspectRow, FoundSign]]] = {}
    for row in rows:
        if found := next(find_signs(row.said), None):
            by_field.setdefault(found.field, []).append((row, found))
    each(
        fire,
        "fields with instructions",
        by_field.items(),
        partial(_report_field, fire, batch_id, source),
        name=itemgetter(0),
    )
    return sum(map(len, by_field.values()))


def _report_field(fire: Fire, batch_id: int, source: str, found_in: tuple[str, Hits]) -> None:
    field, hits = found_in
    first, found = hits[0]
    facts = {"batch": batch_id, "rows": len(hits), "row": first.row_no, "key": (first.entity or "")[:60]}
    evidence = {**facts, "sign": found.sign, "excerpt": found.excerpt}
    report_injection(fire, field, evidence, subject=source, matched=found.matched)


def report_injection(
    fire: Fire, place: str, evidence: Mapping[str, object], *, subject: str, matched: str
) -> OpenedFinding | None:
    """Reports the order in a text; None where the brain refused. subject: the source, or the role that read it."""
    where = {"session_id": fire.session_id, "subject": subject, "place": place}
    try:
        reported = fire.brain.row(OpenedFinding, "note_instructions", **where, words=matched, evidence=dict(evidence))
    except Refused as refused:
        # A scan that fails must not stop the work that it scans; the log has the rule's name.
        fire.log.warning("instructions in data could not be reported", rule=refused.rule, place=place)
        return None
    fire.log.info("instructions in data", subject=subject, place=place, **evidence)
    return reported


def answer_injection_finding(_fire: Fire, finding: "Finding") -> str:
    """The book's answer as the finding's watcher: where the text is, and that nothing obeys it."""
    facts = finding.evidence
    where = f" under {facts['where']}" if facts.get("where") else ""
    if "rows" in facts:
        where = f": {counted(facts['rows'], 'row')} of batch {facts['batch']}, the first is {facts['key']}"
    return (
        f"Read as data{where}. It {facts.get('sign', 'gives orders')}: {facts.get('excerpt', '')}. Text has no rights: "
        "rows keep the fate that their checks gave them, and nobody acts on it. Closed when it stays away for a day."
    )
