"""A page as the owner reads it, before it is text or HTML: sections in order, of lines, entries and tables."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace

from company.json_values import JsonObject

WIDTH = 112
MOST_LINES = 60


@dataclass(frozen=True)
class Entry:
    """One thing with its name: `F-209  a feed is 42 h old ...`, something at the right margin, and lines under it."""

    label: str
    text: str
    aside: str = ""
    details: tuple[str, ...] = ()
    link: str = ""
    """Where the owner answers it; only on the page that is mailed."""


@dataclass(frozen=True)
class Table:
    """Rows under a head. The columns in `numbers` are aligned to the right."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Section:
    """A title with a remark, then its content. Without entries and table, `lines` begin on the title's own line."""

    title: str
    remark: str = ""
    lines: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    table: Table | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class BriefPage:
    """The whole brief. Only a desk has a `banner`; it comes first."""

    banner: str
    title: str
    aside: str
    verdict: str
    sections: tuple[Section, ...]
    last: str = ""

    def with_last(self, last: str) -> "BriefPage":
        return replace(self, last=last)

    def section(self, title: str) -> Section:
        return next(section for section in self.sections if section.title == title)

    def as_json(self) -> JsonObject:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: JsonObject) -> "BriefPage":
        """The page that `as_json` gave."""
        sections = tuple(_section(part) for part in stored["sections"])
        return cls(**{**stored, "sections": sections})


@dataclass(frozen=True)
class Brief:
    """A written brief: the page, its mail subject, and the checklist's answers by point."""

    page: BriefPage
    subject: str
    checklist: Mapping[str, bool] = field(default_factory=dict)


def all_texts(page: BriefPage) -> Iterator[str]:
    """Every piece of text on a page, in order."""
    yield from (page.banner, page.title, page.aside, page.verdict)
    for section in page.sections:
        yield from (section.title, section.remark, *section.lines)
        for entry in section.entries:
            yield from entry_texts(entry)
        if section.table:
            yield from section.table.head
            for row in section.table.rows:
                yield from row
        yield from section.notes
    yield page.last


def entry_texts(entry: Entry) -> tuple[str, ...]:
    return (entry.label, entry.text, entry.aside, *entry.details)


def text_of(page: BriefPage, *titles: str) -> str:
    """The text of the sections with these titles, one piece a line; '' where the page has none."""
    only = BriefPage("", "", "", "", tuple(section for section in page.sections if section.title in titles))
    return "\n".join(all_texts(only))


def _section(part: JsonObject) -> Section:
    table = part["table"]
    return Section(
        title=part["title"],
        remark=part["remark"],
        lines=tuple(part["lines"]),
        entries=tuple(Entry(**{**entry, "details": tuple(entry["details"])}) for entry in part["entries"]),
        table=table and Table(tuple(table["head"]), tuple(map(tuple, table["rows"])), tuple(table["numbers"])),
        notes=tuple(part["notes"]),
    )
