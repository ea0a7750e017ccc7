"""What a customer receives as a product makes it: a page, and what lies beside the files of a feed."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from company.vertical.feeds import Row


@dataclass(frozen=True)
class Page:
    """What one customer receives: a subject, a plain text, and the items it was made from.

    html: the same for a mail reader that shows HTML. further: what a feed's file has beside the items.
    """

    subject: str
    body: str
    items: Sequence[Row]
    html: str | None = None
    further: Row = field(default_factory=dict)


@dataclass(frozen=True)
class Headline:
    """One change as a reader of RSS shows it: a title in one line, the page behind it, and plain text."""

    title: str
    link: str
    text: str


@dataclass(frozen=True)
class FeedSchema:
    """The JSON Schema of a feed's files, and the name under which it lies beside them; each file says both.

    columns: of the table of a file without changes, so that its reader finds the same first line every day.
    """

    name: str
    version: int
    text: str
    columns: Sequence[str] = ()
