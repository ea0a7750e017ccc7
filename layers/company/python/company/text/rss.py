"""RSS 2.0, built by an XML writer: of the company's posts, and of each customer's changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from uuid import UUID, uuid5
from xml.etree import ElementTree as ET

from company.text.cleaning import visible_line

ATOM = "http://www.w3.org/2005/Atom"
"""Its link says where the feed itself is, so that a saved copy can be read on."""
NAMESPACE = UUID("6f1d3b52-93a4-4c0e-8d0b-2a6a1a0c7f45")
"""Of our entries, so that their names are nobody else's. Never changes."""


@dataclass(frozen=True)
class Channel:
    """A feed: what it is called, the page that it is of, and its own address."""

    title: str
    link: str
    about: str
    address: str
    built_at: datetime


@dataclass(frozen=True)
class RssEntry:
    """html: what a reader shows, texts escaped. name: the same for the same entry, wherever it is read."""

    title: str
    link: str
    html: str
    name: str
    at: datetime


def render_feed(channel: Channel, entries: Iterable[RssEntry]) -> str:
    """In the order of the entries."""
    ET.register_namespace("atom", ATOM)
    rss = ET.Element("rss", version="2.0")
    found = ET.SubElement(rss, "channel")
    about = {"title": visible_line(channel.title), "link": channel.link, "description": channel.about}
    for tag, text in {**about, "language": "en", "lastBuildDate": stamp(channel.built_at)}.items():
        ET.SubElement(found, tag).text = text
    ET.SubElement(found, f"{{{ATOM}}}link", href=channel.address, rel="self", type="application/rss+xml")
    for entry in entries:
        _item(found, entry)
    ET.indent(rss)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(rss, encoding="unicode") + "\n"


def stamp(moment: datetime) -> str:
    """RFC 822, as RSS asks, in GMT."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def guid_of(entry: RssEntry) -> str:
    return uuid5(NAMESPACE, entry.name).urn


def _item(channel: ET.Element, entry: RssEntry) -> None:
    """A description is HTML: the writer of XML escapes it once more, and a reader's browser gets it as it was."""
    item = ET.SubElement(channel, "item")
    for tag, text in {"title": visible_line(entry.title), "link": entry.link, "description": entry.html}.items():
        ET.SubElement(item, tag).text = text
    ET.SubElement(item, "guid", isPermaLink="false").text = guid_of(entry)
    ET.SubElement(item, "pubDate").text = stamp(entry.at)
