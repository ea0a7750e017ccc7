"""The feed of posts: RSS 2.0, built by an XML writer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.etree import ElementTree as ET

MOST = 20


@dataclass(frozen=True)
class PublishedPost:
    """A post that is on the company's pages."""

    id: int
    topic: str
    title: str
    body: str
    slug: str
    judged_at: datetime
    ended_at: datetime


def render(posts: Iterable[PublishedPost], *, title: str, site: str, built_at: datetime) -> str:
    """Newest first. site is the address of the folder that holds the pages."""
    rss = ET.Element("rss", version="2.0")
    channel = ET.SubElement(rss, "channel")
    about = {
        "title": title,
        "link": f"{site}/",
        "description": f"What {title} found, each fact checked by somebody else",
    }
    for name, text in {**about, "language": "en", "lastBuildDate": stamp(built_at)}.items():
        ET.SubElement(channel, name).text = text
    for post in posts:
        _item(channel, post, f"{site}/{post.slug}.html")
    ET.indent(rss)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(rss, encoding="unicode") + "\n"


def stamp(moment: datetime) -> str:
    """RFC 822, as RSS asks, in GMT."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _item(channel: ET.Element, post: PublishedPost, address: str) -> None:
    item = ET.SubElement(channel, "item")
    for name, text in {"title": post.title, "link": address, "description": post.body}.items():
        ET.SubElement(item, name).text = text
    ET.SubElement(item, "guid", isPermaLink="true").text = address
    ET.SubElement(item, "pubDate").text = stamp(post.ended_at)
