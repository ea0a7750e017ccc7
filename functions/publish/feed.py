"""The feed of posts: RSS 2.0, as its specification has it, built by an XML writer and not by hand."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from xml.etree import ElementTree as ET

MOST = 20


def render(posts: Iterable[Mapping[str, Any]], *, title: str, site: str, built_at: datetime) -> str:
    """Newest first. site is the address of the folder in which the pages lie."""
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
        _item(channel, post, f"{site}/{post['slug']}.html")
    ET.indent(rss)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(rss, encoding="unicode") + "\n"


def stamp(moment: datetime) -> str:
    """RFC 822, as RSS asks, in GMT."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _item(channel: ET.Element, post: Mapping[str, Any], address: str) -> None:
    item = ET.SubElement(channel, "item")
    for name, text in {"title": post["title"], "link": address, "description": post["body"]}.items():
        ET.SubElement(item, name).text = text
    ET.SubElement(item, "guid", isPermaLink="true").text = address
    ET.SubElement(item, "pubDate").text = stamp(post["ended_at"])
