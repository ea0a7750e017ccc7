"""Finds what is one thing across the sources: ids by the product's statements, names by the key of their spelling.

A rule settles a spelling only when the keys are the same. Names that are only similar become a `data` task.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from functools import partial

from company.fire.apart import each
from company.fire.fire import Fire
from company.json_values import JsonObject
from company.outcomes import Done, Outcome
from company.tasks import file_task
from company.vertical import Link, Spelling

LEAST_SIMILARITY = 0.86
"""How similar the keys of two names must be (0 to 1) before somebody is asked whether they are one."""


@dataclass(frozen=True)
class UsedSpelling:
    """A spelling as the sources have it: its key, how often it is used, and beside which other values."""

    spelling: str
    key: str
    uses: int
    seen_with: Sequence[str] | None


@dataclass(frozen=True)
class KnownSpelling:
    """A spelling that was settled before. method: itself, folded, asked or decided."""

    spelling: str
    name: str | None
    method: str
    candidates: Sequence[str]


@dataclass(frozen=True)
class LinkNews:
    """When the newest thing that links follow from happened, and when links were last made."""

    news_at: datetime | None
    done_at: datetime | None


@dataclass(frozen=True)
class SettledSpelling:
    """The result of the rules for one spelling: its name, or the candidates among which somebody must choose."""

    spelling: str
    name: str | None
    method: str
    candidates: tuple[str, ...] = ()


def nothing_to_link(fire: Fire) -> str | None:
    """Links follow promotions and decided spellings; without a newer one there is nothing to find."""
    news = fire.brain.row(LinkNews, "link_news", role=fire.role)
    if news is None or news.news_at is None:
        return "nothing has been promoted yet"
    if news.done_at is not None and news.done_at > news.news_at:
        return "nothing was promoted since the last links"
    return None


def link(fire: Fire) -> Outcome:
    """Runs the product's link statements and settles new spellings."""
    spellings, links = fire.vertical.spellings, fire.vertical.links
    settled = each(fire, "spellings", spellings, partial(_settle, fire), name=lambda spelling: spelling.kind)
    linked = each(fire, "links", links, partial(_link, fire), name=lambda link: link.name)
    noted = {f"{kind}_spellings": rows for kind, rows, _ in settled}
    return Done({**noted, **dict(linked), "asked": sum(asked for _, _, asked in settled)})


def _link(fire: Fire, named: Link) -> tuple[str, int]:
    fire.budget.require_time()
    return named.name, fire.brain.run(named.query)


def _settle(fire: Fire, spelling: Spelling) -> tuple[str, int, int]:
    """The kind, how many spellings of it were noted, and how many questions were asked."""
    found = fire.brain.rows(UsedSpelling, spelling.query)
    known = fire.brain.rows(KnownSpelling, "settled_spellings", kind=spelling.kind)
    decided = {s.spelling: s.name for s in known if s.method == "decided" and s.name is not None}
    settled = [s for s in settle_spellings(found, decided) if s.spelling not in decided]
    noted: int = fire.brain.value(
        "note_spellings",
        kind=spelling.kind,
        spelt=[s.spelling for s in settled],
        names=[s.name for s in settled],
        methods=[s.method for s in settled],
        candidates={s.spelling: list(s.candidates) for s in settled if s.candidates},
    )
    ask = partial(_ask, fire, spelling.kind, {used.spelling: used for used in found})
    questions = [s for s in settled if s.method == "asked"]
    asked = each(fire, f"questions about a {spelling.kind}", questions, ask, name=lambda question: question.spelling)
    return spelling.kind, noted, len(asked)


def settle_spellings(found: Iterable[UsedSpelling], decided: Mapping[str, str]) -> list[SettledSpelling]:
    """One answer per spelling. The most used spelling of a key is its name."""
    groups: dict[str, list[UsedSpelling]] = defaultdict(list)
    for used in found:
        groups[used.key].append(used)
    names = {key: max(rows, key=lambda used: (used.uses, used.spelling)).spelling for key, rows in groups.items()}
    settled = []
    for key in sorted(groups):
        name = decided.get(names[key], names[key])
        rivals = _rivals(key, names, groups, decided)
        for used in groups[key]:
            settled.append(_settled(used.spelling, name, rivals))
    return settled


def _rivals(
    key: str, names: Mapping[str, str], groups: Mapping[str, list[UsedSpelling]], decided: Mapping[str, str]
) -> tuple[str, ...]:
    """Similar names that are used more. The less used one asks, so that one pair is asked about once."""
    if names[key] in decided:
        return ()
    uses = {k: sum(used.uses for used in rows) for k, rows in groups.items()}
    near = get_close_matches(
        key, [k for k in names if k != key and abs(len(k) - len(key)) <= 3], n=3, cutoff=LEAST_SIMILARITY
    )
    return tuple(names[k] for k in near if (uses[k], k) > (uses[key], key))


def _settled(spelling: str, name: str, rivals: tuple[str, ...]) -> SettledSpelling:
    if rivals:
        return SettledSpelling(spelling, None, "asked", (*rivals, name) if name != spelling else rivals)
    return SettledSpelling(spelling, name, "itself" if spelling == name else "folded")


def _ask(fire: Fire, kind: str, used: Mapping[str, UsedSpelling], question: SettledSpelling) -> None:
    """The payload holds all that somebody needs to decide."""
    evidence = {s: _evidence(used[s]) for s in (question.spelling, *question.candidates) if s in used}
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


def _evidence(used: UsedSpelling) -> JsonObject:
    return {"uses": used.uses, "seen_with": list(used.seen_with or [])[:10]}
