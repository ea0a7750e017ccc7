"""Checks the counts of decisions, broken things and customers in a verdict, which is the page's first sentence."""

import re
from collections import Counter
from collections.abc import Iterator

from company.brief import head
from company.brief.facts import BriefFacts, minutes
from company.text.wording import NUMERAL, counted, value_of

COUNT = rf"\b(no|\d[\d,]*|{NUMERAL.pattern})"
OF_OTHERS = r"(?!(?:other|decisions?|questions?|minutes?|customers?|tasks?)\b)"
DECISIONS = r"(?:decisions?|questions?)\b"
BROKEN = r"(?:broken\b|findings?\b|faults?\b|problems?\b|issues?\b|things?\b|open\b(?! decision| question| task))"
OF_CUSTOMERS = re.compile(rf"{COUNT}\s+of\s+(?:the\s+|our\s+)?{COUNT}\s+customers?\b", re.I)
NOBODY = re.compile(r"\bno(?:ne)?\b(\s+of)?(\s+[\w-]+){0,2}?\s+customers?\s+(was|were|is|are)\s+served\b", re.I)
EVERYBODY = re.compile(r"(?<!not )\b(all|every|each)(\s+[\w-]+){0,2}?\s+customers?\b", re.I)


def false_counts(verdict: str, facts: BriefFacts) -> Iterator[str]:
    """What the verdict should say, for each thing that it counts wrongly or does not count."""
    yield from _decisions(verdict, facts)
    yield from _matters(verdict, facts)
    yield from _broken(verdict, facts)
    yield from _customers(verdict, facts)
    yield from _stuck(verdict, facts)


def _decisions(verdict: str, facts: BriefFacts) -> Iterator[str]:
    waiting, counts = len(facts.questions), _counts(verdict, DECISIONS)
    nothing = "nothing for you" in verdict.lower()
    has_more = bool(facts.stuck or facts.matters)
    if not waiting and (any(counts) or not counts and not nothing or nothing and has_more):
        yield 'say "No decision for you"' if has_more else 'say "Nothing for you to decide"'
    if waiting and (nothing or set(counts) != {waiting}):
        yield f'say "{counted(waiting, "decision")}"'
    if waiting and minutes(facts.questions) not in _counts(verdict, r"minutes?\b"):
        yield f'say "{counted(minutes(facts.questions), "minute")}"'


def _matters(verdict: str, facts: BriefFacts) -> Iterator[str]:
    """What only the owner can end is counted where the owner reads first."""
    waiting, counts = len(facts.matters), _counts(verdict, r"matters?\b")
    if waiting and set(counts) != {waiting}:
        yield f'say "{counted(waiting, "matter")} to see to"'


def _broken(verdict: str, facts: BriefFacts) -> Iterator[str]:
    """Broken things are counted in one sum, or by kind as the book does."""
    broken, sums = len(facts.open_findings), _counts(verdict, BROKEN)
    nothing = "nothing is broken" in verdict.lower()
    if facts.troubles and nothing:
        yield 'leave out "Nothing is broken": a source is in trouble'
    if not broken and not facts.troubles and (any(sums) or not nothing):
        yield 'say "Nothing is broken"'
    by_kind: Counter[str] = Counter()
    for forms, number in head.things(facts).items():
        by_kind[head.name_of(forms)] += number
    is_by_kind = all(sum(_counts(verdict, rf"(?:{thing})\b")) == number for thing, number in by_kind.items())
    if broken and (nothing or (set(sums) != {broken} if sums else not is_by_kind)):
        yield f'say "{broken} open"'


def _customers(verdict: str, facts: BriefFacts) -> Iterator[str]:
    served, due = len(facts.served), len(facts.to_serve)
    wrong = set(_counts(verdict, r"customers?\b")) - {0, served, due}
    parts = {(_value(some), _value(all_of_them)) for some, all_of_them in OF_CUSTOMERS.findall(verdict.lower())}
    sweeping = NOBODY.search(verdict) if served else None
    if served < due:
        sweeping = sweeping or EVERYBODY.search(verdict)
    if wrong or parts - {(served, due)} or sweeping:
        yield f'say "{served} of {counted(due, "customer")} served"'


def _stuck(verdict: str, facts: BriefFacts) -> Iterator[str]:
    """A source past its limit is in the first sentence that the owner reads."""
    for row in facts.stuck[: head.MOST_IN_SUBJECT]:
        if row.source not in verdict:
            yield f'say "{row.source} is stuck"'


def _counts(text: str, thing: str) -> list[int]:
    """The number before each such thing; one word may be between them: two new decisions."""
    found = re.finditer(rf"{COUNT}(?:\s+{OF_OTHERS}[a-z-]+)?\s+{thing}", text, re.I)
    return [_value(match[1].lower()) for match in found]


def _value(count: str) -> int:
    if count == "no":
        return 0
    return int(count.replace(",", "")) if count[0].isdigit() else value_of(count)
