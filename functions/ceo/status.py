"""PROJECT_STATUS: what every employee reads first at boot; what is true now, in a dozen lines of plain text."""

from company.brief import head
from company.brief.facts import BriefFacts
from company.text.wording import counted, one_line

MOST = 6


def write_status(facts: BriefFacts) -> str:
    """The verdict, what is broken and who works on it, what waits for the owner, and which sources are stale."""
    lines = [f"As of {facts.when(facts.until)}. {head.verdict(facts)}"]
    lines += [f"- F-{row.id} {row.title}: {row.watcher} is on it" for row in facts.open_findings[:MOST]]
    if len(facts.open_findings) > MOST:
        lines.append(f"- and {counted(len(facts.open_findings) - MOST, 'more open finding')}")
    lines += [f"- D-{row.id} waits for the owner: {row.question}" for row in facts.decisions[:MOST]]
    lines += [f"- {row.source} is stale" for row in facts.stale]
    lines += [f"- {row.source}: {row.in_words(facts.zone, facts.until)}" for row in facts.troubles]
    lines += [f"- {row.role}: {counted(row.open_tasks, 'task')} open" for row in facts.domains if row.open_tasks]
    return "\n".join(one_line(line) for line in lines)
