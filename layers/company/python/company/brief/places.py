"""The places on a page where a model's sentence may stand: what the book says there, how long, and from which facts."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from company.brief.depth import Depth
from company.brief.facts import Facts, Row
from company.brief.page import Page, all_words, entry_words, words_of
from company.brief.sections import broken, cant_say, domains, for_you
from company.brief.sentences import Sentences
from company.json_values import json_ready

MOST_VERDICT = 224
"""Two lines."""
LEAST_EFFECT = 105
MOST_ADDED = 3
"""Unknowns that a model may add to the book's."""
NAMES = re.compile(r"\b[A-Z]-\d+\b")
VERDICT, CANT_SAY = "verdict", "cant_say"


@dataclass(frozen=True)
class Place:
    """One place by its name. most is in characters; facts and text are all that its sentence may take figures from."""

    name: str
    book: str
    most: int
    facts: Mapping[str, Any]
    text: str


def places(facts: Facts, page: Page, depth: Depth) -> dict[str, Place]:
    """Every place of this page, which the book wrote at this depth."""
    shared = _shared(page)
    found = [*_of_findings(facts, page, depth), *_of_domains(facts, page, depth), *_of_the_whole(facts, page, depth)]
    return {
        place.name: Place(place.name, place.book, place.most, json_ready(place.facts), f"{shared}\n{place.text}")
        for place in found
    }


def said(sentences: Sentences) -> Iterator[tuple[str, str]]:
    """Each sentence with the name of its place."""
    yield VERDICT, sentences.verdict
    for name, about in sentences.findings.items():
        yield from ((f"{name} {part}", words) for part, words in about.model_dump().items() if words is not None)
    yield from sentences.domains.items()
    yield from ((CANT_SAY, words) for words in sentences.cant_say)


def offered(places: Mapping[str, Place]) -> dict[str, dict[str, Any]]:
    """The places as a model is shown them: the book's sentence, and how long another may be."""
    return {name: {"book": place.book, "most_characters": place.most} for name, place in places.items()}


def _shared(page: Page) -> str:
    """What every sentence may say: the book's verdict, the span, the remark of each section, the page's names."""
    remarks = [section.remark for section in page.sections]
    names = sorted({name for words in all_words(page) for name in NAMES.findall(words)})
    return "\n".join([page.aside, page.verdict, *remarks, *names])


def _of_findings(facts: Facts, page: Page, depth: Depth) -> Iterator[Place]:
    for row in facts.open_findings[: depth.entries]:
        name, known, text = f"F-{row['id']}", _about(row, facts), _told_of(row, facts, page)
        done = broken.done_of(row, facts, depth)
        if done:
            yield Place(f"{name} done", done, depth.explanation, known, text)
        yield Place(f"{name} effect", broken.effect_of(row), max(depth.notes, LEAST_EFFECT), known, text)


def _of_domains(facts: Facts, page: Page, depth: Depth) -> Iterator[Place]:
    for row in facts.domains:
        if row["note"] is None:
            continue  # who said nothing is named by the book, and nobody speaks in their place
        theirs = [f for f in facts.findings if row["role"] in (f["watcher"], f["watchers_manager"])]
        text = "\n".join(_told_of(finding, facts, page) for finding in theirs)
        yield Place(domains.label_of(row), row["note"], depth.notes, {"domain": row, "findings": theirs}, text)


def _of_the_whole(facts: Facts, page: Page, depth: Depth) -> Iterator[Place]:
    known = {"findings": facts.findings, "decisions": facts.decisions, "customers": facts.customers}
    text = words_of(page, broken.TITLE, for_you.TITLE, cant_say.TITLE)
    yield Place(VERDICT, page.verdict, MOST_VERDICT, known, text)
    yield Place(CANT_SAY, page.section(cant_say.TITLE).lines[0], depth.notes, known, text)


def _about(finding: Row, facts: Facts) -> dict[str, Any]:
    """A finding with the source and the questions that it is about."""
    sources = [row for row in facts.sources if row["source"] == finding["subject"]]
    return {"finding": finding, "sources": sources, "decisions": _asked(finding, facts)}


def _asked(finding: Row, facts: Facts) -> list[Row]:
    return [row for row in facts.decisions if row["finding_id"] == finding["id"]]


def _told_of(finding: Row, facts: Facts, page: Page) -> str:
    """All that the page says of a finding: its entry, its questions, and its source's row."""
    labels = {f"F-{finding['id']}", *(f"D-{row['id']}" for row in _asked(finding, facts))}
    told = [" ".join(entry_words(entry)) for part in page.sections for entry in part.entries if entry.label in labels]
    tables = [part.table for part in page.sections if part.table]
    rows = [" ".join(row) for table in tables for row in table.rows if row[0] == finding["subject"]]
    return "\n".join([*told, *rows])
