"""A post as its readers get it: a name for its address, plain text, and a page that needs no other file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from company.json_values import JsonObject
from company.text.cleaning import visible, visible_line
from company.text.posts import PublishedPost

STYLE = (
    "body{max-width:42rem;margin:2rem auto;padding:0 1rem;font:1.05rem/1.6 Georgia,serif;color:#222}footer{color:#666}"
)


@dataclass(frozen=True)
class AuditedPost:
    """A post that content_auditor approved and that is not published yet."""

    id: int
    topic: str
    title: str
    body: str
    facts: Sequence[JsonObject]
    judged_by: str
    judged_at: datetime


def slug_of(post: AuditedPost) -> str:
    """'added-lately-2026-03-11-12': the topic, the day, and the draft's number, so that each is different."""
    topic = re.sub(r"[^a-z0-9]+", "-", post.topic.lower()).strip("-")
    return f"{topic}-{post.judged_at:%Y-%m-%d}-{post.id}"


def as_text(post: AuditedPost | PublishedPost, notice: str = "") -> str:
    """Title, the notice of what was taken back if there is one, the text, and when it was checked."""
    parts = [post.title, *([notice] if notice else []), post.body.rstrip(), _as_of(post)]
    return "\n\n".join(parts) + "\n"


def as_html(post: AuditedPost | PublishedPost, notice: str = "", *, title: str) -> str:
    """One file. Everything that came from rows of the product is escaped."""
    heading = escape(visible_line(post.title))
    body = f"{notice}\n{post.body}"
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{heading} · {escape(title)}</title>\n'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style>\n'
        f'<link rel="alternate" type="application/rss+xml" title="{escape(title)}" href="feed.xml"></head>\n'
        f"<body><article><h1>{heading}</h1>\n{paragraphs(body)}\n"
        f"<footer><p>{escape(_as_of(post))}</p></footer></article></body></html>\n"
    )


def paragraphs(body: str) -> str:
    """Each line that says something as a paragraph of HTML, its signs shown as they are."""
    return "\n".join(f"<p>{escape(line)}</p>" for line in visible(body).splitlines() if line.strip())


def _as_of(post: AuditedPost | PublishedPost) -> str:
    return f"Facts checked {post.judged_at:%d %B %Y %H:%M} UTC."
