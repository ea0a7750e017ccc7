"""What only content_manager does: see which topics are due, read the queue of drafts, and take one out of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from company.fire.fire import Fire
from company.tools import reading_tool, tool
from company.vertical.drafts import last_draft_of

EARLY = timedelta(hours=1)
"""Two fires of a day are not to the minute: what is nearly due is due."""


@dataclass(frozen=True)
class TopicState:
    """A topic of the product, and whether the time for a new draft of it has come."""

    name: str
    kind: str
    every_hours: float
    is_due: bool


@dataclass(frozen=True)
class QueuedDraft:
    """A draft with its verdict. has_successor: a newer draft of its topic exists."""

    id: int
    kind: str
    topic: str
    title: str
    status: str
    written_by: str
    written_at: datetime
    judged_by: str | None
    judged_at: datetime | None
    reason: str | None
    ended_at: datetime | None
    slug: str | None
    has_successor: bool


@dataclass(frozen=True)
class DraftFigures:
    """The editorial queue in numbers: what waits, and what a span of time wrote, judged, published and corrected."""

    waiting: int
    written: int
    audited: int
    rejected: int
    published: int
    corrected: int
    to_publish: int
    letters: int


@reading_tool
def list_topics(fire: Fire) -> list[TopicState]:
    """Lists what the company writes about, and whether the time for a new draft of each has come.

    Example: list_topics() gives [{"name": "x", "kind": "post", "every_hours": 24.0, "is_due": true}].
    """
    return [
        TopicState(topic.name, topic.kind, topic.every.total_seconds() / 3600, _is_due(fire, topic.name, topic.every))
        for topic in fire.vertical.content
    ]


@reading_tool
def list_drafts(fire: Fire, limit: int = 50) -> list[QueuedDraft]:
    """Lists drafts, those in work first, each with its verdict and whether a newer one of its topic exists.

    Example: list_drafts(limit=5) gives [{"id": 12, "topic": "x", "status": "audited", "has_successor": false}].
    """
    return fire.brain.rows(QueuedDraft, "list_drafts", limit=min(limit, 200))


@reading_tool
def draft_figures(fire: Fire, hours: int = 24) -> DraftFigures:
    """Counts the queue, and what the last hours wrote, audited, rejected, published and corrected.

    Example: draft_figures(hours=24) gives {"waiting": 1, "written": 2, "audited": 2, "published": 1, ...}.
    """
    figures = fire.brain.row(DraftFigures, "draft_figures", since=fire.now - timedelta(hours=hours))
    assert figures is not None, "draft_figures always gives a row"
    return figures


@tool
def supersede_draft(fire: Fire, draft_id: int, reason: str) -> dict[str, int]:
    """Takes a draft that was not published out of the queue, for good.

    Example: supersede_draft(draft_id=12, reason="a newer draft of its topic is there").
    """
    fire.brain.run("supersede_draft", draft_id=draft_id, reason=reason)
    return {"draft_id": draft_id}


def _is_due(fire: Fire, topic: str, every: timedelta) -> bool:
    last = last_draft_of(fire.brain, topic)
    return last is None or fire.now - last.written_at >= every - EARLY
