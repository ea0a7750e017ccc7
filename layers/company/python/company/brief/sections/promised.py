"""PROMISED: what the last brief said would happen, and what did."""

from company.brief.depth import Depth
from company.brief.facts import Facts, Row
from company.brief.page import Section
from company.wording import clipped, day_and_time

TITLE = "PROMISED"


def tell(facts: Facts, depth: Depth) -> Section:
    """Answers that reached somebody, and open findings of yesterday as they stand now."""
    kept = [_answer(row, facts) for row in facts.promises]
    stands = [_finding(row, facts) for row in facts.promised_findings]
    if kept or stands:
        return Section(TITLE, lines=tuple(clipped(line, depth.notes) for line in (*kept, *stands)[: depth.entries]))
    if facts.last_brief is None:
        return Section(TITLE, lines=("nothing yet: this is the first brief",))
    return Section(TITLE, lines=("nothing was open in the last brief",))


def _answer(row: Row, facts: Facts) -> str:
    words = row["answer"] or row["answer_text"]
    said = f'D-{row["id"]} "{words}" ({row["answered_by"]}, {day_and_time(row["answered_at"], facts.zone)})'
    if row["acted_at"] is None:
        return f"{said}: {row['asked_by']} has not acted on it yet"
    return f"{said} reached {row['asked_by']} {day_and_time(row['acted_at'], facts.zone)}: {row['outcome']}"


def _finding(row: Row, facts: Facts) -> str:
    if row["closed_at"] is None:
        return f"F-{row['id']} of the last brief is still open"
    return f"F-{row['id']} of the last brief was over {day_and_time(row['closed_at'], facts.zone)}: {row['resolution']}"
