"""A post as it was approved, for who publishes it and for who compares what readers get with it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class PublishedPost:
    """A post that is on the company's pages: its title and body are what was approved."""

    id: int
    topic: str
    title: str
    body: str
    slug: str
    judged_at: datetime
    ended_at: datetime
