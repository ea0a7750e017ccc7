"""The lookup's answer as a page of plain text."""

from collections.abc import Iterator
from datetime import datetime

from patchfirst.feeds import TITLES
from patchfirst.lookup.answers import CveAnswer, Numbers, PastAnswer, Said, ScorePart, SourceState
from patchfirst.reason_words import disputed_text

MOST = 12
"""Rows of one kind that a page shows; all are in the JSON."""


def page(answer: CveAnswer) -> str:
    """What is known of a CVE, most important first."""
    lines = [f"{answer.cve}  {answer.says}  (as of {_moment(answer.as_of)})"]
    if answer.sources:
        lines += [*_known(answer), *_sources(answer), *_section("NOT KNOWN", answer.not_known)]
    if isinstance(answer, PastAnswer):
        said = [line for one in answer.said for line in _said(one)]
        lines += _section("SAID BY THEN", said or ["nothing that names it"], most=10 * MOST)
        lines += _section("WHERE HISTORY DOES NOT REACH", answer.not_reached)
    return "\n".join(lines) + "\n"


def _known(answer: CveAnswer) -> Iterator[str]:
    if answer.record:
        yield from _named("TITLE", answer.record.title)
        state, disputed = answer.record.state or "of no readable state", disputed_text(answer.record.is_disputed)
        yield f"RECORD    {state}, published {_day(answer.record.published_at)}{disputed}"
    if answer.names:
        yield from _named("ALSO", ", ".join(answer.names[:MOST]))
    if answer.numbers:
        yield from _numbers(answer.numbers)
    yield from _facts(answer)
    yield from _section("EXPLOITS", [f"{_title(e.source)} {e.name}{_dated(e.dated)}" for e in answer.exploits])
    yield from _section("AFFECTED", [f"{a.vendor} {a.product} ({_title(a.source)})".strip() for a in answer.affected])
    yield from _section("REFERENCES", [reference.url for reference in answer.references])


def _facts(answer: CveAnswer) -> Iterator[str]:
    if listed := answer.listing:
        words = {True: "used by ransomware", False: "no ransomware known", None: "ransomware not readable"}
        due = f", due {listed.due_date}" if listed.due_date else ""
        yield f"LISTED    by CISA, added {listed.date_added or 'on an unknown day'}{due}, {words[listed.ransomware]}"
    if answer.epss:
        epss = answer.epss
        percentile = "unknown" if epss.percentile is None else epss.percentile
        yield f"EPSS      {epss.probability} (percentile {percentile}, model {epss.model_version or 'unknown'})"
    for score in answer.cvss:
        mark = "" if score.is_taken else ", not the one that counts"
        by = f"by {score.by or 'unknown'}, {_title(score.source)}"
        yield f"CVSS      {score.score} (version {score.version}, {by}{mark})"
    if answer.ssvc:
        said = {name.replace("_", " "): value for name, value in answer.ssvc if value}
        yield "SSVC      " + ", ".join(f"{name} {value}" for name, value in said.items())


def _numbers(numbers: Numbers) -> Iterator[str]:
    pair = {"fix now": numbers.fix_now, "next": numbers.next}
    named = "".join(f", {name} {value}" for name, value in pair.items() if value is not None)
    yield f"SCORE     {numbers.score}{named} (model {numbers.model_version}, since {_moment(numbers.since)})"
    for part in sorted(numbers.parts, key=lambda part: -(part.points or 0)):
        if part.points or part.value is None:
            yield f"{part.points or 0:>8.1f}  {part.part}: {part.says}{_by(part)}"


def _by(part: ScorePart) -> str:
    return f" ({_title(part.source)}{_dated(part.as_of)})" if part.source else ""


def _sources(answer: CveAnswer) -> list[str]:
    return _section("SOURCES", list(map(_source, answer.sources)), most=100)


def _source(state: SourceState) -> str:
    said = (
        f"says so since {_moment(state.since)}, last {_moment(state.last_said_at)}" if state.has_it else "has nothing"
    )
    age = "never read" if state.age_hours is None else f"{state.age_hours} h old of {state.limit_hours:.0f}"
    return f"{state.title}: {said}; {age}{' STALE' if state.is_stale else ''}"


def _said(said: Said) -> Iterator[str]:
    how = f", mail {said.mail_status}" if said.mail_status else ""
    yield f"{said.name} to {said.to_whom}, {said.kind} of {_moment(said.written_at)}: {said.status}{how}"
    yield from (f"  {line}" for line in said.lines)


def _section(title: str, lines: tuple[str, ...] | list[str], *, most: int = MOST) -> list[str]:
    if not lines:
        return []
    more = [f"  ... and {len(lines) - most} more: --json has all"] if len(lines) > most else []
    return [title, *(f"  {line}" for line in lines[:most]), *more]


def _named(name: str, value: str | None) -> list[str]:
    return [f"{name:<10}{value}"] if value else []


def _dated(day: object) -> str:
    return f", {day}" if day else ""


def _title(source: str) -> str:
    return TITLES.get(source, source)


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else "on an unknown day"


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}Z" if moment else "unknown"
