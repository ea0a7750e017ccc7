"""DATA: what became of every row of each source, and the age of its last good edition beside its limit."""

from collections.abc import Sequence

from company.brief.depth import Depth
from company.brief.facts import BriefFacts
from company.brief.page import Section, Table
from company.brief.rows import SourceLine
from company.text.clauses import fitted
from company.text.wording import counted, duration_text, format_number, join_first

TITLE = "DATA"
FATES = ("promoted", "unchanged", "quarantined", "held")
HEAD = ("", "read", *FATES, "last good", "age / limit", "")
NUMBERS = (1, 2, 3, 4, 5)
MOST_TROUBLE = 105
"""Characters of a line about a source, where the page has no room for an explanation."""
MOST_PUT_ASIDE = 20


def data_section(facts: BriefFacts, depth: Depth) -> Section:
    """A row for each source; a sum of all and their ages where every source is within its limit and nothing waits."""
    if not facts.sources:
        return Section(TITLE, lines=("no source yet",))
    if not _any_news(facts):
        return Section(TITLE, lines=_quiet(facts))
    rows = tuple(_row(row, facts) for row in facts.sources)
    notes = (*_troubles(facts, depth), *_put_aside(facts), *_scored(facts))
    return Section(TITLE, f"read = {' + '.join(FATES)}", table=Table(HEAD, rows, NUMBERS), notes=notes)


def with_ages(facts: BriefFacts) -> Sequence[SourceLine]:
    """The sources whose age is written: each one, or the one nearest to its limit where all are within theirs."""
    return facts.sources if _any_news(facts) or not facts.sources else (_nearest(facts),)


def _any_news(facts: BriefFacts) -> bool:
    return any(_is_news(row, facts) for row in facts.sources)


def _nearest(facts: BriefFacts) -> SourceLine:
    return max(facts.sources, key=lambda row: row.age / row.fresh_within)


def _is_news(row: SourceLine, facts: BriefFacts) -> bool:
    """Whether the owner should look at the row; what came and was taken in as always is no news."""
    is_named = facts.trouble_of(row.source) is not None or any(one.source == row.source for one in facts.put_aside)
    is_written_of = bool(facts.findings_about(row.source))
    return row.held > 0 or row.is_stale or not row.has_edition or is_named or is_written_of


def _row(row: SourceLine, facts: BriefFacts) -> tuple[str, ...]:
    last_good = facts.when(row.edition_at) if row.edition_at else "never"
    figures = (format_number(row.read), *map(format_number, row.fates))
    return (row.source, *figures, last_good, age(row), _state(row, facts))


def age(row: SourceLine) -> str:
    """The age beside its limit."""
    return f"{duration_text(row.age) if row.has_edition else '-'} / {duration_text(row.fresh_within)}"


def _state(row: SourceLine, facts: BriefFacts) -> str:
    found = [f"F-{finding.id}" for finding in facts.findings_about(row.source)]
    more = f"+{len(found) - 1}" if len(found) > 1 else ""
    return " ".join(filter(None, [state_of(row, facts), *found[:1], more]))


def state_of(row: SourceLine, facts: BriefFacts) -> str:
    """ok only where its last fires succeeded, no edition waits, and the one in force is within its limit."""
    trouble = facts.trouble_of(row.source)
    stale = "STALE" if row.is_stale and row.has_edition else ""
    states = [state for state in (stale, trouble.state if trouble else "") if state]
    if not states and not row.has_edition:
        return "no edition yet"
    return " ".join(states) or ("waiting" if row.undecided else "ok")


def _put_aside(facts: BriefFacts) -> tuple[str, ...]:
    """By name at every depth: each of these rows may be the one that a customer waits for."""
    names: dict[str, list[str]] = {}
    for row in facts.put_aside:
        names.setdefault(row.source, []).append(row.name)
    return tuple(
        f"{source}: {counted(len(rows), 'row')} put aside until read: {join_first(rows, MOST_PUT_ASIDE)}"
        for source, rows in names.items()
    )


def _troubles(facts: BriefFacts, depth: Depth) -> tuple[str, ...]:
    """Since when each source fails or waits, and why; those past their limit first, and at every depth."""
    rows = sorted(facts.troubles, key=lambda row: not row.is_stuck)
    shown = max(depth.entries, len(facts.stuck))
    lines = [f"{row.source}: {row.in_words(facts.zone, facts.until)}" for row in rows[:shown]]
    return tuple(fitted(line, depth.explanation or MOST_TROUBLE) for line in lines)


def _scored(facts: BriefFacts) -> tuple[str, ...]:
    scores = facts.scores
    if scores.last_at is None:
        return ("score: no pass in this span",)
    when = facts.when(scores.last_at)
    passes = counted(scores.passes, "pass", "passes")
    scored, changed = format_number(scores.looked_at), format_number(scores.changed)
    return (f"score: {scored} scored, {changed} changed in {passes}, last {when}",)


def _quiet(facts: BriefFacts) -> tuple[str, str]:
    """How many sources are within their limits, with the one that is nearest to its own; then the sum over all."""
    nearest, many = _nearest(facts), len(facts.sources)
    within = f"all {many} sources within limits" if many > 1 else "its one source is within its limit"
    asked = counted(sum(row.asked for row in facts.sources), "request")
    sums = map(sum, zip(*(row.fates for row in facts.sources), strict=True))
    fates = " + ".join(f"{format_number(rows)} {fate}" for rows, fate in zip(sums, FATES, strict=True))
    read = format_number(sum(row.read for row in facts.sources))
    return (f"{within}, the nearest {nearest.source} {age(nearest)}{_moved(facts)}", f"{asked} read {read} = {fates}")


def _moved(facts: BriefFacts) -> str:
    """'; 47,038 changes of 19,982 scores, the last Thu 06:25'; nothing where none changed."""
    scores = facts.scores
    if not scores.changed or scores.last_at is None:
        return ""
    when = facts.when(scores.last_at)
    return f"; {counted(scores.changed, 'change')} of {counted(scores.looked_at, 'score')}, {when}"
