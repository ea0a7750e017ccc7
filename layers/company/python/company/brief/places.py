"""The places on a page for a model's sentences: the book's sentence, the most characters, and the facts for it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from company.brief.depth import Depth
from company.brief.facts import BriefFacts
from company.brief.finding_rows import BriefFinding
from company.brief.page import BriefPage, all_texts, entry_texts, text_of
from company.brief.rows import OpenDecision
from company.brief.sections import broken, cant_say, domains, for_you
from company.brief.sentences import Sentences
from company.json_values import JsonObject, json_ready
from company.text.manager_notes import headline

MOST_VERDICT = 224
"""Two lines."""
LEAST_EFFECT = 105
MOST_ADDED = 3
"""Unknowns that a model may add to the book's."""
NAMES = re.compile(r"\b[A-Z]-\d+\b")
VERDICT, CANT_SAY = "verdict", "cant_say"


@dataclass(frozen=True)
class Place:
    """One place by its name. most: characters. facts and text: a sentence takes its figures only from these two."""

    name: str
    book: str
    most: int
    facts: JsonObject
    text: str


def places(facts: BriefFacts, page: BriefPage, depth: Depth) -> dict[str, Place]:
    """Every place of this page, which the book wrote at this depth."""
    shared = _shared(page)
    found = [*_of_findings(facts, page, depth), *_of_domains(facts, page), *_of_the_whole(facts, page, depth)]
    return {
        place.name: Place(place.name, place.book, place.most, json_ready(place.facts), f"{shared}\n{place.text}")
        for place in found
    }


def by_place(sentences: Sentences) -> Iterator[tuple[str, str]]:
    """Each sentence after the name of its place."""
    yield VERDICT, sentences.verdict
    for name, about in sentences.findings.items():
        yield from ((f"{name} {part}", text) for part, text in about.model_dump().items() if text is not None)
    yield from sentences.domains.items()
    yield from ((CANT_SAY, text) for text in sentences.cant_say)


def offered(places: Mapping[str, Place]) -> dict[str, JsonObject]:
    """The places as a model sees them: the book's sentence, and the most characters of another one."""
    return {name: {"book": place.book, "most_characters": place.most} for name, place in places.items()}


def _shared(page: BriefPage) -> str:
    """What every sentence may use: the book's verdict, the span, the remark of each section, the page's names."""
    remarks = [section.remark for section in page.sections]
    names = sorted({name for text in all_texts(page) for name in NAMES.findall(text)})
    return "\n".join([page.aside, page.verdict, *remarks, *names])


def _of_findings(facts: BriefFacts, page: BriefPage, depth: Depth) -> Iterator[Place]:
    for row in facts.open_findings[: depth.entries]:
        name, known, text = f"F-{row.id}", _about(row, facts), _text_about(row, facts, page)
        done = broken.done_of(row, facts, depth)
        if done:
            yield Place(f"{name} done", done, depth.explanation, known, text)
        yield Place(f"{name} effect", broken.effect_of(row), max(depth.notes, LEAST_EFFECT), known, text)


def _of_domains(facts: BriefFacts, page: BriefPage) -> Iterator[Place]:
    for row in facts.domains:
        if row.note is None:
            continue  # the book names a manager without a note, and nobody writes one in its place
        theirs = [finding for finding in facts.findings if row.role in (finding.watcher, finding.watchers_manager)]
        text = "\n".join(_text_about(finding, facts, page) for finding in theirs)
        yield Place(
            domains.label_of(row),
            headline(row.note, domains.ONE_LINE),
            domains.ONE_LINE,
            {"domain": row, "findings": theirs},
            text,
        )


def _of_the_whole(facts: BriefFacts, page: BriefPage, depth: Depth) -> Iterator[Place]:
    known = {"findings": facts.findings, "decisions": facts.questions, "customers": facts.customers}
    text = text_of(page, broken.TITLE, for_you.TITLE, cant_say.TITLE)
    yield Place(VERDICT, page.verdict, MOST_VERDICT, known, text)
    yield Place(CANT_SAY, page.section(cant_say.TITLE).lines[0], depth.notes, known, text)


def _about(finding: BriefFinding, facts: BriefFacts) -> JsonObject:
    """A finding with the source and the questions that it is about, and what stands in that source's way."""
    return {
        "finding": finding,
        "sources": [row for row in facts.sources if finding.is_about(row.source)],
        "troubles": [row for row in facts.troubles if finding.is_about(row.source)],
        "is_stuck": broken.is_stuck(finding, facts),
        "is_for_owner": any(row.finding_id == finding.id for row in facts.matters),
        "decisions": _asked(finding, facts),
    }


def _asked(finding: BriefFinding, facts: BriefFacts) -> list[OpenDecision]:
    return [row for row in facts.decisions if row.finding_id == finding.id]


def _text_about(finding: BriefFinding, facts: BriefFacts, page: BriefPage) -> str:
    """All text of the page about a finding: its entry, its questions, and its source's row."""
    labels = {f"F-{finding.id}", *(f"D-{row.id}" for row in _asked(finding, facts))}
    entries = [entry for section in page.sections for entry in section.entries if entry.label in labels]
    tables = [section.table for section in page.sections if section.table]
    rows = [row for table in tables for row in table.rows if finding.is_about(row[0])]
    return "\n".join(" ".join(pieces) for pieces in (*map(entry_texts, entries), *rows))
