"""The feed of posts: RSS 2.0, built by an XML writer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from uuid import UUID, uuid5
from xml.etree import ElementTree as ET

from company.text.cleaning import visible_line
from publish.pages import paragraphs

MOST = 20
ATOM = "http://www.w3.org/2005/Atom"
"""Its link says where the feed itself is, so that a saved copy can be read on."""
NAMESPACE = UUID("6f1d3b52-93a4-4c0e-8d0b-2a6a1a0c7f45")
"""Of our posts, so that their names are nobody else's. Never changes."""


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


def render(posts: Iterable[PublishedPost], *, title: str, site: str, company: str, built_at: datetime) -> str:
    """Newest first. site is the absolute address of the folder that holds the pages."""
    ET.register_namespace("atom", ATOM)
    rss = ET.Element("rss", version="2.0")
    channel = ET.SubElement(rss, "channel")
    name = visible_line(title)
    about = {
        "title": name,
        "link": f"{site}/",
        "description": f"What {name} found, each fact checked by somebody else",
    }
    for tag, text in {**about, "language": "en", "lastBuildDate": stamp(built_at)}.items():
        ET.SubElement(channel, tag).text = text
    ET.SubElement(channel, f"{{{ATOM}}}link", href=f"{site}/feed.xml", rel="self", type="application/rss+xml")
    for post in posts:
        _item(channel, post, f"{site}/{post.slug}.html", company)
    ET.indent(rss)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(rss, encoding="unicode") + "\n"


def stamp(moment: datetime) -> str:
    """RFC 822, as RSS asks, in GMT."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def guid_of(post: PublishedPost, company: str) -> str:
    """The same wherever the pages are: a reader shows a post again when its guid changes."""
    return uuid5(NAMESPACE, f"{company}/{post.slug}").urn


def _item(channel: ET.Element, post: PublishedPost, address: str, company: str) -> None:
    """A description is HTML: the writer of XML escapes it once more, and a reader's browser gets it as it was."""
    item = ET.SubElement(channel, "item")
    texts = {"title": visible_line(post.title), "link": address, "description": paragraphs(post.body)}
    for tag, text in texts.items():
        ET.SubElement(item, tag).text = text
    ET.SubElement(item, "guid", isPermaLink="false").text = guid_of(post, company)
    ET.SubElement(item, "pubDate").text = stamp(post.ended_at)
