"""What only content_manager does: see which topics are due, read the queue of drafts, and take one out of it."""

from datetime import timedelta
from typing import Any

from company.fire.fire import Fire
from company.json_values import json_rows
from company.tools import reading_tool, tool

EARLY = timedelta(hours=1)
"""Two fires of a day are not to the minute: what is nearly due is due."""


@reading_tool
def list_topics(fire: Fire) -> list[dict[str, Any]]:
    """Lists what the company writes about, and whether the time for a new draft of each has come.

    Example: list_topics() gives [{"name": "x", "kind": "post", "every_hours": 24.0, "is_due": true}].
    """
    return [
        {
            "name": topic.name,
            "kind": topic.kind,
            "every_hours": topic.every.total_seconds() / 3600,
            "is_due": _is_due(fire, topic.name, topic.every),
        }
        for topic in fire.vertical.content
    ]


@reading_tool
def list_drafts(fire: Fire, limit: int = 50) -> list[dict[str, Any]]:
    """Lists drafts, those under way first, each with its verdict and whether a newer one of its topic exists.

    Example: list_drafts(limit=5) gives [{"id": 12, "topic": "x", "status": "audited", "has_successor": false}].
    """
    return json_rows(fire.brain.all("list_drafts", limit=min(limit, 200)))


@reading_tool
def draft_figures(fire: Fire, hours: int = 24) -> dict[str, int]:
    """Counts the queue, and what the last hours wrote, audited, rejected and published.

    Example: draft_figures(hours=24) gives {"waiting": 1, "written": 2, "audited": 2, "published": 1, ...}.
    """
    return dict(fire.brain.one("draft_figures", since=fire.now - timedelta(hours=hours)) or {})


@tool
def supersede_draft(fire: Fire, draft_id: int, reason: str) -> dict[str, int]:
    """Takes a draft that was not published out of the queue, for good.

    Example: supersede_draft(draft_id=12, reason="a newer draft of its topic is there").
    """
    fire.brain.run("supersede_draft", draft_id=draft_id, reason=reason)
    return {"draft_id": draft_id}


def _is_due(fire: Fire, topic: str, every: timedelta) -> bool:
    last = fire.brain.one("last_draft_of_topic", topic=topic)
    return last is None or fire.now - last["written_at"] >= every - EARLY
