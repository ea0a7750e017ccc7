"""The feed of posts: the last ones as RSS."""

from collections.abc import Iterable
from datetime import datetime

from company.text.cleaning import visible_line
from company.text.posts import PublishedPost, notice_of
from company.text.rss import Channel, RssEntry, render_feed
from publish.pages import paragraphs

MOST = 20


def render(posts: Iterable[PublishedPost], *, title: str, site: str, company: str, built_at: datetime) -> str:
    """Newest first. site is the absolute address of the folder that holds the pages."""
    about = f"What {visible_line(title)} found, each fact checked by somebody else"
    channel = Channel(title, f"{site}/", about, f"{site}/feed.xml", built_at)
    return render_feed(channel, (_entry(post, site, company) for post in posts))


def _entry(post: PublishedPost, site: str, company: str) -> RssEntry:
    """Its name is the same wherever the pages are: a reader shows a post again when that changes."""
    address = f"{site}/{post.slug}.html"
    notice = notice_of(post) if post.corrected_at else ""
    return RssEntry(post.title, address, paragraphs(f"{notice}\n{post.body}"), f"{company}/{post.slug}", post.ended_at)
