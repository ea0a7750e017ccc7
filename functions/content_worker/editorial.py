"""For content_worker: rows of a topic made into words, with a citation for every figure that the words hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from string import Formatter
from typing import Any

from company.vertical import Topic, Vertical

HOW_MANY = "rows"


@dataclass(frozen=True)
class Composed:
    """A draft before it is kept: facts are what the database checks the words against, now and at the audit."""

    title: str
    body: str
    facts: tuple[Mapping[str, str], ...]

    @property
    def keys(self) -> list[str]:
        """The things it is about, in order."""
        return list(dict.fromkeys(fact["key"] for fact in self.facts if fact["source"] != "draft"))


def topic_of(vertical: Vertical, name: str) -> Topic | None:
    return next((topic for topic in vertical.content if topic.name == name), None)


def compose(topic: Topic, rows: Sequence[Mapping[str, Any]]) -> Composed:
    """A title, an opening, a sentence for each row, a closing. At least one row is needed."""
    told = [{name: said(value) for name, value in row.items()} for row in rows]
    first = {**told[0], HOW_MANY: str(len(told))}
    lines = [topic.opening.format_map(first), "", *(topic.sentence.format_map(row) for row in told)]
    body = "\n".join([*lines, "", topic.closing]).strip() + "\n"
    facts = [fact for row in told for fact in _cited(topic, row)]
    if HOW_MANY in _fields(topic.opening):
        facts.append({"source": "draft", "key": "all", "field": "keys", "value": first[HOW_MANY]})
    return Composed(topic.title.format_map(first), body, tuple(facts))


def said(value: Any) -> str:
    """A value as it stands in the text and in its citation: the same characters, so that they can be compared."""
    return value.isoformat() if isinstance(value, date) else str(value)


def _cited(topic: Topic, row: Mapping[str, str]) -> list[dict[str, str]]:
    return [
        {"source": source, "key": row[topic.key], "field": field, "value": row[column]}
        for column, (source, field) in topic.cites.items()
        if column in _fields(topic.sentence) | _fields(topic.title) | _fields(topic.opening)
    ]


def _fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}
