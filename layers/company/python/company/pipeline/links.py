"""Finds what is one thing across the sources: ids by the product's statements, names by folding their spelling.

A rule settles a spelling only when the folded forms are the same. What merely looks alike becomes a `data` task.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from company.fire.fire import Fire
from company.outcomes import Done, Outcome
from company.tasks import file_task
from company.vertical import Spelling

LEAST_SIMILARITY = 0.86
"""How alike two folded names must be (0 to 1) before somebody is asked whether they are one."""


@dataclass(frozen=True)
class SettledSpelling:
    """What a rule made of one spelling: its name, or the candidates among which somebody must choose."""

    spelling: str
    name: str | None
    method: str
    candidates: tuple[str, ...] = ()


def nothing_to_link(fire: Fire) -> str | None:
    """Links follow promotions and decided spellings; without a newer one there is nothing to find."""
    news = fire.brain.one("link_news", role=fire.role)
    if news is None or news["news_at"] is None:
        return "nothing has been promoted yet"
    if news["done_at"] is not None and news["done_at"] > news["news_at"]:
        return "nothing was promoted since the last links"
    return None


def link(fire: Fire) -> Outcome:
    """Runs the product's link statements and settles new spellings."""
    evidence: dict[str, int] = {}
    asked = 0
    for spelling in fire.vertical.spellings:
        noted, open_questions = _settle(fire, spelling)
        evidence[f"{spelling.kind}_spellings"] = noted
        asked += open_questions
    for named in fire.vertical.links:
        fire.budget.require_time()
        evidence[named.name] = fire.brain.run(named.query)
    return Done({**evidence, "asked": asked})


def _settle(fire: Fire, spelling: Spelling) -> tuple[int, int]:
    found = fire.brain.all(spelling.query)
    decided = {
        s["spelling"]: s["name"]
        for s in fire.brain.all("settled_spellings", kind=spelling.kind)
        if s["method"] == "decided"
    }
    settled = [s for s in settle_spellings(found, spelling.ignored_words, decided) if s.spelling not in decided]
    noted: int = fire.brain.value(
        "note_spellings",
        kind=spelling.kind,
        spelt=[s.spelling for s in settled],
        names=[s.name for s in settled],
        methods=[s.method for s in settled],
        candidates={s.spelling: list(s.candidates) for s in settled if s.candidates},
    )
    asked = [s for s in settled if s.method == "asked"]
    for question in asked:
        _ask(fire, spelling.kind, question, {row["spelling"]: row for row in found})
    return noted, len(asked)


def settle_spellings(
    found: Iterable[Mapping[str, Any]], ignored: frozenset[str], decided: Mapping[str, str]
) -> list[SettledSpelling]:
    """One answer per spelling. The most used spelling of a folded form is its name."""
    groups: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in found:
        groups[fold_name(row["spelling"], ignored)].append(row)
    names = {form: max(rows, key=lambda r: (r["uses"], r["spelling"]))["spelling"] for form, rows in groups.items()}
    settled = []
    for form in sorted(groups):
        name = decided.get(names[form], names[form])
        rivals = _rivals(form, names, groups, decided)
        for row in groups[form]:
            settled.append(_answer(row["spelling"], name, rivals))
    return settled


def fold_name(name: str, ignored: frozenset[str]) -> str:
    """A name without what does not tell it apart: accents, case, punctuation, legal form."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold() or name.casefold()
    words = [w for w in re.split(r"[^a-z0-9]+", plain) if w]
    return "".join([w for w in words if w not in ignored] or words) or name


def _rivals(
    form: str, names: Mapping[str, str], groups: Mapping[str, list[Mapping[str, Any]]], decided: Mapping[str, str]
) -> tuple[str, ...]:
    """More used names that look like this one. The lesser name asks, so that one pair is asked about once."""
    if names[form] in decided:
        return ()
    uses = {f: sum(r["uses"] for r in rows) for f, rows in groups.items()}
    near = get_close_matches(
        form, [f for f in names if f != form and abs(len(f) - len(form)) <= 3], n=3, cutoff=LEAST_SIMILARITY
    )
    return tuple(names[f] for f in near if (uses[f], f) > (uses[form], form))


def _answer(spelling: str, name: str, rivals: tuple[str, ...]) -> SettledSpelling:
    if rivals:
        return SettledSpelling(spelling, None, "asked", (*rivals, name) if name != spelling else rivals)
    return SettledSpelling(spelling, name, "itself" if spelling == name else "folded")


def _ask(fire: Fire, kind: str, question: SettledSpelling, rows: Mapping[str, Mapping[str, Any]]) -> None:
    """The payload holds all that a careful person needs to decide without leaving the page."""
    evidence = {s: _evidence(rows[s]) for s in (question.spelling, *question.candidates) if s in rows}
    file_task(
        fire.brain,
        mode="data",
        title=f"Is the {kind} {question.spelling!r} the same as {' or '.join(map(repr, question.candidates))}?",
        payload={
            "kind": "spelling",
            "of": kind,
            "spelling": question.spelling,
            "candidates": list(question.candidates),
            "evidence": evidence,
        },
        dedupe_key=f"spelling:{kind}:{question.spelling}",
    )


def _evidence(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"uses": row["uses"], "seen_with": list(row["seen_with"] or [])[:10]}
