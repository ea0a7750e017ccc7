"""A post as it was approved, for who publishes it and for who compares what readers get with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from company.json_values import JsonObject
from company.text.cleaning import visible_line
from company.text.wording import join_with_and

MOST_THINGS = 10
"""Of how many things a notice names what was taken back."""


@dataclass(frozen=True)
class PublishedPost:
    """A post that is on the company's pages: its title and body are what was approved.

    taken_back: those of its facts that an undoing took back. corrected_at: since when its page says so.
    """

    id: int
    topic: str
    title: str
    body: str
    slug: str
    judged_at: datetime
    ended_at: datetime
    taken_back: Sequence[JsonObject] | None
    taken_back_at: datetime | None
    corrected_at: datetime | None


def notice_of(post: PublishedPost) -> str:
    """One line: what of a post was taken back, thing by thing, and when."""
    assert post.taken_back and post.taken_back_at, "only a post whose facts were taken back has a notice"
    fields: dict[str, list[str]] = {}
    for fact in post.taken_back:
        fields.setdefault(str(fact["key"]), []).append(str(fact["field"]).replace("_", " "))
    named = [f"{key} ({join_with_and(list(dict.fromkeys(said)))})" for key, said in fields.items()]
    more = [f"and {len(named) - MOST_THINGS} more"] if len(named) > MOST_THINGS else []
    things = "; ".join(visible_line(name) for name in [*named[:MOST_THINGS], *more])
    return (
        f"Correction of {post.taken_back_at:%d %B %Y %H:%M} UTC: this post was written from an edition that was wrong."
        f" Taken back: {things}."
    )
