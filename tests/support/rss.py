"""RSS 2.0 as a strict reader takes it: what the specification requires, and what makes readers show a post wrongly."""

import re
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

ATOM_LINK = "{http://www.w3.org/2005/Atom}link"
RFC_822 = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT")
FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document may hold, written out or as a reference."""


class _Shown(HTMLParser):
    """What a browser shows of a piece of HTML, and the tags that it acts on."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def shown(description: str) -> str:
    """The text of a description as a reader shows it; its only tags are those of paragraphs."""
    html = _Shown(description)
    assert set(html.tags) == {"p"}, html.tags
    return html.text


def faults(document: str) -> list[str]:
    """What a strict reader would say of a feed; nothing of a good one."""
    if found := FORBIDDEN.search(document):
        return [f"U+{ord(found[0]):04X} is no sign of XML"]
    rss = ET.fromstring(document.encode())
    channel = rss.find("channel")
    if (rss.tag, rss.get("version")) != ("rss", "2.0") or channel is None:
        return ["not RSS 2.0"]
    items = channel.findall("item")
    guids = [item.findtext("guid", "") for item in items]
    found_faults = [fault for element in (channel, *items) for fault in _faults(element)]
    if len(set(guids)) < len(guids):
        found_faults.append("two items have one guid")
    itself = channel.find(ATOM_LINK)
    if itself is None or itself.get("rel") != "self" or not _is_absolute(itself.get("href", "")):
        found_faults.append("the feed does not say where it is")
    return found_faults


def _faults(element: ET.Element) -> list[str]:
    is_item = element.tag == "item"
    required = ("title", "link", "description", *(("guid", "pubDate") if is_item else ()))
    found = [f"{element.tag} has no {name}" for name in required if not element.findtext(name, "").strip()]
    found += [f"{element.tag} has two {name}" for name in required if len(element.findall(name)) > 1]
    if not _is_absolute(element.findtext("link", "")):
        found.append(f"{element.tag} has a link that leads nowhere")
    date = element.findtext("pubDate" if is_item else "lastBuildDate", "")
    if not RFC_822.fullmatch(date) or f"{parsedate_to_datetime(date):%a}" != date[:3]:
        found.append(f"{date!r} is no date of RFC 822")
    guid = element.find("guid")
    if guid is not None and guid.get("isPermaLink", "true") == "true" and not _is_absolute(guid.text or ""):
        found.append("a permanent link leads nowhere")
    return found


def _is_absolute(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"[\s<>\"]", address)
