"""For content_worker: turns a topic's rows into text, with a citation for every figure in the text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from string import Formatter

from company.vertical import Topic, Vertical
from company.vertical.drafts import OWN_SOURCE, Citation, keys_of

HOW_MANY = "rows"


@dataclass(frozen=True)
class Composed:
    """A draft before it is kept. The database checks the text against the facts, now and at the audit."""

    title: str
    body: str
    facts: tuple[Citation, ...]

    @property
    def keys(self) -> list[str]:
        """The things it is about, in order."""
        return keys_of(self.facts)


def topic_of(vertical: Vertical, name: str) -> Topic | None:
    return next((topic for topic in vertical.content if topic.name == name), None)


def compose(topic: Topic, rows: Sequence[Mapping[str, object]]) -> Composed:
    """A title, an opening, a sentence for each row, a closing. At least one row is needed."""
    texts = [{name: as_text(value) for name, value in row.items()} for row in rows]
    first = {**texts[0], HOW_MANY: str(len(texts))}
    lines = [topic.opening.format_map(first), "", *(topic.sentence.format_map(row) for row in texts)]
    body = "\n".join([*lines, "", topic.closing]).strip() + "\n"
    facts = [fact for row in texts for fact in _cited(topic, row)]
    if HOW_MANY in _fields(topic.opening):
        facts.append({"source": OWN_SOURCE, "key": "all", "field": "keys", "value": first[HOW_MANY]})
    return Composed(topic.title.format_map(first), body, tuple(facts))


def as_text(value: object) -> str:
    """A value as it is written in the text and in its citation: the same characters, so that they can be compared."""
    return value.isoformat() if isinstance(value, date) else str(value)


def _cited(topic: Topic, row: Mapping[str, str]) -> list[Citation]:
    return [
        {"source": source, "key": row[topic.key], "field": field, "value": row[column]}
        for column, (source, field) in topic.cites.items()
        if column in _fields(topic.sentence) | _fields(topic.title) | _fields(topic.opening)
    ]


def _fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}
