"""PROMISED: what the last brief said would happen, and what did."""

from company.brief.depth import Depth
from company.brief.facts import Facts, Row
from company.brief.page import Section
from company.wording import clipped, counted, day_and_time

TITLE = "PROMISED"
MOST_WORDS = 60
"""Characters of the owner's own words within one line."""
MOST_NAME = 30
"""Characters of a mistake: what is news is how it stands."""


def promised_section(facts: Facts, depth: Depth) -> Section:
    """Answers and what came of them, root causes since they were done, yesterday's open findings as they stand now."""
    kept = [_answer(row, facts) for row in facts.promises]
    causes = [_cause(row, facts) for row in facts.root_causes]
    stands = [_finding(row, facts) for row in facts.promised_findings]
    if kept or causes or stands:
        lines = (*kept, *causes, *stands)[: depth.entries]
        return Section(TITLE, lines=tuple(clipped(line, depth.notes) for line in lines))
    if facts.last_brief is None:
        return Section(TITLE, lines=("nothing yet: this is the first brief",))
    return Section(TITLE, lines=("nothing was open in the last brief",))


def _answer(row: Row, facts: Facts) -> str:
    """'D-30 "no" reached research_worker Wed 10:00: left off'; by silence it says so."""
    words = ": ".join(clipped(part, MOST_WORDS) for part in (row["answer"], row["answer_text"]) if part)
    silence = " (by silence)" if row["answered_by"] == "silence" else ""
    said = f'D-{row["id"]} "{words}"{silence}'
    if row["reached_at"] is None:
        return f"{said} waits for {row['asked_by']} since {day_and_time(row['answered_at'], facts.zone)}"
    came = row["outcome"] if row["acted_at"] else "nothing came of it yet"
    return f"{said} reached {row['asked_by']} {day_and_time(row['reached_at'], facts.zone)}: {came}"


def _cause(row: Row, facts: Facts) -> str:
    """'root cause 17 (failed: HTML as JSON): day 3 without it'."""
    name = f"root cause {row['task_id']} ({row['role']}, {clipped(row['lesson'], MOST_NAME)})"
    if row["times_after"]:
        since = day_and_time(row["done_at"], facts.zone)
        return f"{name} did not hold: {counted(row['times_after'], 'time')} since it was done {since}"
    days = (facts.until.astimezone(facts.zone).date() - row["last_at"].astimezone(facts.zone).date()).days
    return f"{name}: day {days} without it, {counted(row['times_before'], 'time')} before"


def _finding(row: Row, facts: Facts) -> str:
    if row["closed_at"] is None:
        return f"F-{row['id']} of the last brief is still open"
    return f"F-{row['id']} of the last brief was over {day_and_time(row['closed_at'], facts.zone)}: {row['resolution']}"
