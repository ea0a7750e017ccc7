"""What only content_worker does: write the text from a topic's facts, and keep it with its citations."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from company.errors import ToolError
from company.fire.fire import Fire
from company.tools import reading_tool, tool
from company.vertical.drafts import Citation, keys_of, last_draft_of
from content_worker.editorial import compose, topic_of

Kind = Literal["post", "outreach"]


@dataclass(frozen=True)
class TopicFacts:
    """What is in force about a topic, as a text with its citations. keys: the things it is about."""

    kind: Kind
    title: str
    body: str
    facts: Sequence[Citation]
    keys: Sequence[str]


@dataclass(frozen=True)
class LastDraft:
    """The newest draft of a topic, with the things it is about."""

    id: int
    kind: str
    status: str
    title: str
    written_at: datetime
    keys: Sequence[str]


@reading_tool
def topic_facts(fire: Fire, topic: str) -> TopicFacts:
    """Gives what is in force about a topic as plain text: kind, title, body, the facts cited, what it is about.

    keys is empty when there is nothing to write today.
    Example: topic_facts(topic="x") gives {"kind": "post", "title": "...", "facts": [...], "keys": ["a"], ...}.
    """
    found = topic_of(fire.vertical, topic)
    if found is None:
        raise ToolError(f"{fire.vertical.name} has no topic {topic}")
    # What is not known cannot be cited, so it is left out.
    rows = [row for row in fire.brain.all(found.query) if None not in row.values()]
    if not rows:
        return TopicFacts(found.kind, "", "", (), ())
    composed = compose(found, rows)
    return TopicFacts(found.kind, composed.title, composed.body, composed.facts, composed.keys)


@reading_tool
def last_draft(fire: Fire, topic: str) -> LastDraft | None:
    """Gives the newest draft of a topic that was neither rejected nor superseded, with what it is about; or None.

    Example: last_draft(topic="x") gives {"id": 12, "status": "published", "title": "...", "keys": ["a", "b"]}.
    """
    last = last_draft_of(fire.brain, topic)
    if last is None:
        return None
    return LastDraft(last.id, last.kind, last.status, last.title, last.written_at, keys_of(last.facts))


@tool
def write_draft(
    fire: Fire,
    topic: str,
    kind: Kind,
    title: str,
    body: str,
    facts: list[dict[str, str]],
    task_id: int | None = None,
) -> dict[str, int]:
    """Keeps a draft. Every word of it that holds a digit must be a key or a value of its facts, or it is refused.

    Your own words are welcome, other figures are not: neither sums nor rounded ones. A refusal names what is missing.
    facts: [{"source", "key", "field", "value"}] of topic_facts, the value exactly as the text says it and as it is now.
    Example: write_draft(topic="x", kind="post", title="A", body="a scores 9.1.", facts=[{"source": "scores",
    "key": "a", "field": "score", "value": "9.1"}]) gives {"draft_id": 12}.
    """
    draft_id = int(
        fire.brain.value(
            "write_draft",
            session_id=fire.session_id,
            kind=kind,
            topic=topic,
            title=title,
            body=body,
            facts=json.dumps(facts),
            task_id=task_id,
        )
    )
    fire.learn("drafted", f"draft {draft_id}: {title}", task_id=task_id, draft=draft_id, facts=len(facts))
    return {"draft_id": draft_id}
