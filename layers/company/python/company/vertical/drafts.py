"""What is kept of a draft: its text, and a citation for every figure in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from company.brain import Brain

Citation = Mapping[str, str]
"""source, key, field and value of one fact in a draft's text."""
OWN_SOURCE = "draft"
"""The source of a fact about the draft itself, such as how many rows it has."""


@dataclass(frozen=True)
class TopicDraft:
    """The newest draft of a topic that was neither rejected nor superseded."""

    id: int
    kind: str
    status: str
    title: str
    facts: Sequence[Citation]
    written_at: datetime
    ended_at: datetime | None


def last_draft_of(brain: Brain, topic: str) -> TopicDraft | None:
    return brain.row(TopicDraft, "last_draft_of_topic", topic=topic)


def keys_of(facts: Sequence[Citation]) -> list[str]:
    """The things that a draft is about, in order."""
    return list(dict.fromkeys(fact["key"] for fact in facts if fact["source"] != OWN_SOURCE))
