"""A post as its readers get it: a name for its address, plain text, and a page that needs nothing else."""

import re
from collections.abc import Mapping
from html import escape
from typing import Any

STYLE = (
    "body{max-width:42rem;margin:2rem auto;padding:0 1rem;font:1.05rem/1.6 Georgia,serif;color:#222}footer{color:#666}"
)


def slug_of(draft: Mapping[str, Any]) -> str:
    """'added-lately-2026-03-11-12': what, of which day, and the draft's number, so that no two are alike."""
    words = re.sub(r"[^a-z0-9]+", "-", draft["topic"].lower()).strip("-")
    return f"{words}-{draft['judged_at']:%Y-%m-%d}-{draft['id']}"


def as_text(draft: Mapping[str, Any]) -> str:
    return f"{draft['title']}\n\n{draft['body'].rstrip()}\n\n{_as_of(draft)}\n"


def as_html(draft: Mapping[str, Any], *, title: str) -> str:
    """One file. Everything that came from rows of the product is escaped."""
    paragraphs = "\n".join(f"<p>{escape(line)}</p>" for line in draft["body"].splitlines() if line.strip())
    heading = escape(draft["title"])
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{heading} · {escape(title)}</title>\n'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style>\n'
        f'<link rel="alternate" type="application/rss+xml" title="{escape(title)}" href="feed.xml"></head>\n'
        f"<body><article><h1>{heading}</h1>\n{paragraphs}\n<footer><p>{escape(_as_of(draft))}</p></footer></article></body></html>\n"
    )


def _as_of(draft: Mapping[str, Any]) -> str:
    return f"Facts checked {draft['judged_at']:%d %B %Y %H:%M} UTC."
