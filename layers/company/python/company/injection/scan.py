"""What becomes of instructions in data: one open finding for each place, so that somebody looks. The text stays text.

The finding is opened by the brain itself (note_instructions), because workers open none.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from company.errors import Refused
from company.fire.fire import Fire
from company.injection.signs import INVISIBLE, SIGNS, Found, look
from company.watch.findings import Finding
from company.wording import counted

KIND = "instructions_in_data"
RESTS_AFTER = timedelta(hours=24)
"""Looked at, and not seen again for so long: its watcher closes the finding."""
ANCHORS = [f"%{anchor}%" for sign in SIGNS for anchor in sign.anchors]
PATTERN = "|".join(f"(?:{sign.pattern})" for sign in SIGNS)


def scan_for_injection(fire: Fire, place: str, value: Any) -> Found | None:
    """Looks through what a session is handed to read. The first sign is told, once a fire for each place."""
    found = next(look(value), None)
    if found and fire.journal.note_place(place):
        evidence = {"where": found.field, "sign": found.sign, "excerpt": found.excerpt}
        report_instructions(fire, place, evidence, subject=fire.role, words=found.words)
    return found


def scan_batch(fire: Fire, batch: Mapping[str, Any]) -> int:
    """Looks through a staged batch where it lies; how many new rows speak to a model. They keep their fate."""
    rows = fire.brain.all(
        "rows_with_instructions", batch=batch["id"], anchors=ANCHORS, pattern=PATTERN, invisible=INVISIBLE
    )
    places: dict[str, list[tuple[Mapping[str, Any], Found]]] = {}
    for row in rows:
        if found := next(look(row["said"]), None):
            places.setdefault(found.field, []).append((row, found))
    for field, told in places.items():
        first, found = told[0]
        facts = {"batch": batch["id"], "rows": len(told), "row": first["row_no"], "key": (first["entity"] or "")[:60]}
        evidence = {**facts, "sign": found.sign, "excerpt": found.excerpt}
        report_instructions(fire, field, evidence, subject=batch["source"], words=found.words)
    return sum(map(len, places.values()))


def report_instructions(
    fire: Fire, place: str, evidence: Mapping[str, Any], *, subject: str, words: str
) -> Mapping[str, Any]:
    """The finding's number, and whether it is new. subject: a source, or the role that read it; words: the order."""
    told = {"session_id": fire.session_id, "subject": subject, "place": place, "words": words}
    try:
        row = fire.brain.one("note_instructions", **told, evidence=dict(evidence))
    except Refused as refused:
        # A watch that fails must not stop what it watches; the rule's name is in the log.
        fire.log.warning("instructions in data could not be told", rule=refused.rule, place=place)
        return {}
    fire.log.info("instructions in data", subject=subject, place=place, **evidence)
    return row or {}


def answer(_fire: Fire, finding: Finding) -> str:
    """What the book says of such a finding as its watcher: where it stands, and that nothing obeys it."""
    facts = finding.evidence
    where = f" under {facts['where']}" if facts.get("where") else ""
    if "rows" in facts:
        where = f": {counted(facts['rows'], 'row')} of batch {facts['batch']}, the first is {facts['key']}"
    return (
        f"Read as data{where}. It {facts.get('sign', 'gives orders')}: {facts.get('excerpt', '')}. Text has no rights: "
        "rows keep the fate that their checks gave them, and nobody acts on it. Closed when it stays away for a day."
    )


def is_over(finding: Finding, now: datetime) -> bool:
    """Whether an answered finding of this kind has rested for long enough to be closed."""
    return finding.kind == KIND and now - finding.last_seen_at >= RESTS_AFTER
