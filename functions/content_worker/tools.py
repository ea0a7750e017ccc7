"""What only content_worker does: put a topic's facts into words, and keep them with their citations."""

import json
from typing import Any, Literal

from company.errors import ToolError
from company.fire.fire import Fire
from company.json_values import json_ready
from company.tools import reading_tool, tool
from content_worker.editorial import compose, topic_of


@reading_tool
def topic_facts(fire: Fire, topic: str) -> dict[str, Any]:
    """Gives what is in force about a topic, put plainly: kind, title, body, the facts cited, what it is about.

    keys is empty when there is nothing to tell today.
    Example: topic_facts(topic="x") gives {"kind": "post", "title": "...", "facts": [...], "keys": ["a"], ...}.
    """
    found = topic_of(fire.vertical, topic)
    if found is None:
        raise ToolError(f"{fire.vertical.name} has no topic {topic}")
    # What is not known cannot be cited, so it is not told.
    rows = [row for row in fire.brain.all(found.query) if None not in row.values()]
    if not rows:
        return {"kind": found.kind, "title": "", "body": "", "facts": [], "keys": []}
    composed = compose(found, rows)
    facts = [dict(fact) for fact in composed.facts]
    return {"kind": found.kind, "title": composed.title, "body": composed.body, "facts": facts, "keys": composed.keys}


@reading_tool
def last_draft(fire: Fire, topic: str) -> dict[str, Any] | None:
    """Gives the newest draft of a topic that was not rejected or put aside, with the things it is about; or None.

    Example: last_draft(topic="x") gives {"id": 12, "status": "published", "title": "...", "keys": ["a", "b"]}.
    """
    row = fire.brain.one("last_draft_of_topic", topic=topic)
    if row is None:
        return None
    keys = list(dict.fromkeys(fact["key"] for fact in row["facts"] if fact["source"] != "draft"))
    return {**json_ready({name: row[name] for name in ("id", "kind", "status", "title", "written_at")}), "keys": keys}


@tool
def write_draft(
    fire: Fire,
    topic: str,
    kind: Literal["post", "outreach"],
    title: str,
    body: str,
    facts: list[dict[str, str]],
    task_id: int | None = None,
) -> dict[str, int]:
    """Keeps a draft. Every word of it that holds a digit must be a key or a value of its facts, or it is refused.

    Your own words are welcome, other figures are not: neither sums nor rounded ones. A refusal names what it misses.
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
