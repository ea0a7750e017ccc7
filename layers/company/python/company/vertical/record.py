"""The interface between the company and its product: one frozen record that a product fills in.

The company owns the pipeline (raw bytes, batches, checks, promotion, scores, deliveries); the product owns what the
rows mean. A second product is another package with a `vertical` module; `VERTICAL=<name>` picks it.
"""

import importlib
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from company.errors import CompanyError, SettingsError
from company.vertical.backtest import Backtest
from company.vertical.corrections import TakenBack
from company.vertical.dashboards import Dashboard, DashboardLink, EarlierDashboard
from company.vertical.explanations import ExplainedNumber
from company.vertical.feeds import Edition, Row, Source
from company.vertical.inventories import Component
from company.vertical.lookup import Lookup
from company.vertical.pages import FeedSchema, Headline, Page
from company.vertical.panels import ConsolePages
from company.vertical.research import Study

if TYPE_CHECKING:
    from company.brain import Brain

NO_ROWS = "no_rows"
"""A query without rows, for a product that needs none."""


@dataclass(frozen=True)
class Check:
    """A named query that gives the rows (row_no, reason) of a staged batch that are wrong.

    quarantine: those rows stay out. hold: any such row holds the whole batch. warn: it is only logged.
    """

    name: str
    source: str
    query: str
    severity: Literal["quarantine", "hold", "warn"] = "quarantine"


@dataclass(frozen=True)
class Link:
    """A named statement that writes company.entities or company.links; the rows it touches are its evidence."""

    name: str
    query: str


@dataclass(frozen=True)
class Spelling:
    """Names that the sources spell in several ways.

    The query gives (spelling, key, uses, seen_with) per spelling: spellings with one key are one name, and
    company.name_key makes keys.
    """

    kind: str
    query: str


@dataclass(frozen=True)
class Part:
    """One part of a score: its weight, and the sentence that explains it to a reader.

    question: "now" for what is so already, "next" for what may come: each question has a score over its own parts.
    if_unknown: what counts, from 0 to 1, where nobody knows the part: its average, so that not to know is no evidence.
    """

    name: str
    weight: float
    sentence: str
    question: Literal["now", "next"] = "next"
    if_unknown: float = 0.0


@dataclass(frozen=True)
class Scores:
    """A weighted score of 0 to 100. `features` is a view (entity, parts real[]), each part between 0 and 1.

    Beside a view x there may be two functions, with which a pass after a small promotion looks at few entities:
    x_touched(bigint[]) gives the entities (text[]) whose parts some batches may have moved, null where it may be any;
    x_of(text[]) gives the rows of these.
    """

    version: str
    parts: tuple[Part, ...]
    features: str


@dataclass(frozen=True)
class Customer:
    """Who gets what. A live company's customers are in its brain; these are the sample's."""

    name: str
    email: str
    kind: Literal["brief", "feed"]
    filters: Row


@dataclass(frozen=True)
class Deliveries:
    """How the product writes a customer's page.

    `items` is a query of the changes for a customer between two moments, `important` of those that do not wait for
    the morning, `top_of_list` what leads the customer's lists, changed or not. All take customer_id, since, until.
    `handled` gives what the customer has handled: (entity, at, by_whom, note, back_because), the last first; of what is
    back on its lists, the kind of change that brought it back.
    `unmatched` takes filters, and gives (kind, written, similar_names) for each name in them that nothing has;
    `left_out` the same for each name that something has, with the known ones like it that it does not mean.
    A change has the column `at`, when it came about, and is named by the columns of `change_key`: to a customer whose
    page reported it at a moment, only what came later is news.
    """

    items: str
    write: Callable[["Facts"], Page]
    important: str = NO_ROWS
    top_of_list: str = NO_ROWS
    unmatched: str | None = None
    left_out: str | None = None
    handled: str = NO_ROWS
    change_key: tuple[str, ...] = ()
    """Columns of items, and of the items of a written page. Empty: only the span decides what is news."""
    taken_back: str | None = None
    """A query of the pages that carried what an undone batch had put into force: takes batch."""
    write_correction: Callable[[TakenBack], Page] | None = None
    written_by: tuple[str, ...] = ()
    """Packages and modules that write pages from facts alone, without a brain: what a change may touch of them."""
    daily_at: time = time(6, 12)
    """UTC."""
    dashboard: "Callable[[Brain, Facts, EarlierDashboard | None], Dashboard] | None" = None
    """Makes the customer's dashboard; its link is then among the facts of the page."""
    explain: "Callable[[Brain, Facts], object] | None" = None
    """What the product's page says beyond the facts of the company; it is then among them."""
    headline: Callable[[Row], Headline] | None = None
    """An item of a written page as RSS has it; without it a feed has no RSS."""
    schema: FeedSchema | None = None
    identify_component: Callable[[Component], Row] | None = None
    """What the product knows a component of an inventory by, as JSON has it; its SQL matches by that.
    Its schema then has link_inventory(bigint)."""
    inventory: str | None = None
    """A query of a customer's components (place, name, version, entities); entities: how many may concern each."""


@dataclass(frozen=True)
class Facts:
    """All that a page may say: the company's figures for one customer and one span of time."""

    customer: Row
    since: datetime
    until: datetime
    items: Sequence[Row]
    top_of_list: Sequence[Row]
    freshness: Sequence[Row]
    is_important: bool
    handled: Sequence[Row] = ()
    """What the customer has handled: the columns of Deliveries.handled."""
    handle_address: Callable[[str], str] | None = None
    """The address at which the customer marks a thing as handled; None where there is no such page."""
    troubles: Sequence[Row] = ()
    """What stands in the way of sources now: the columns of the query source_troubles."""
    put_aside: Sequence[Row] = ()
    """Rows that nobody could read, of sources whose every row matters: the columns of the query rows_put_aside."""
    dashboard: DashboardLink | None = None
    because: object = None
    """What Deliveries.explain gave."""
    unmatched: Sequence[Row] = ()
    """The names that the customer chose and that nothing has: the columns of Deliveries.unmatched."""

    @property
    def stuck(self) -> list[Row]:
        """The sources of which something newer than this page may be there, and could not be taken in time."""
        return [trouble for trouble in self.troubles if trouble["is_stuck"]]

    @property
    def stale(self) -> list[Row]:
        return [source for source in self.freshness if source["is_stale"]]


@dataclass(frozen=True)
class Topic:
    """What the product writes about. `query` gives the rows, `sentence` is for one row, `title` for the first.

    `key` is the column that names the row's entity; `cites` says for each column that a sentence uses where its value
    is from: (source, field), or ("scores", "score"). `opening` may use {rows}, the number of rows.
    """

    name: str
    kind: Literal["post", "outreach"]
    query: str
    key: str
    cites: Mapping[str, tuple[str, str]]
    title: str
    opening: str
    sentence: str
    closing: str = ""
    every: timedelta = timedelta(days=1)


@dataclass(frozen=True)
class Entity:
    """How people name an entity of the product, and the query of its timeline (at, who, event, facts).

    sentences: the text of each event, with {fields} of its facts; a part in brackets is left out where a field of it is
    empty. where_empty: what stands for an empty field of an event.
    """

    word: str
    read: Callable[[str], str | None]
    """The one spelling of a name that somebody typed; None when it names no entity."""
    read_all: Callable[[str], Sequence[str]]
    """Every entity that a text names, in the one spelling."""
    timeline: str
    sentences: Mapping[str, str]
    where_empty: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    names_of: str | None = None
    """A query of the entities (entity) that another id names: by `name`, as read_other gives it."""
    explain: Callable[["Brain", str], Sequence[ExplainedNumber]] = lambda _brain, _name: ()
    """The numbers of one of them, each with the parts that made it."""
    read_other: Callable[[str], str | None] = lambda _: None
    """The one spelling of an id that others give to entities; None when a text is none."""


@dataclass(frozen=True)
class Vertical:
    """A whole product. Only name, title, product text and sources are required."""

    name: str
    title: str
    product: str
    sources: tuple[Source, ...]
    checks: tuple[Check, ...] = ()
    links: tuple[Link, ...] = ()
    spellings: tuple[Spelling, ...] = ()
    scores: Scores | None = None
    deliveries: Deliveries | None = None
    customers: tuple[Customer, ...] = ()
    """The sample's; a live company never has them."""
    entity: Entity | None = None
    console: ConsolePages | None = None
    """The product's pages on the owner's console."""
    lookup: Lookup | None = None
    """All that is known of one entity, for `watchbill look-up` and for customers' programs."""
    content: tuple[Topic, ...] = ()
    """What the company publishes posts about, or drafts letters about."""
    research: tuple[Study, ...] = ()
    """The patterns that the company looks for in its canonical data."""
    backtest: Backtest | None = None
    """How the score's order is tried on a past day."""
    sample: Callable[[Path, date, int], None] | None = None
    """Writes sample feeds into a folder for a number of days from a first one on, as `recorded` reads them."""
    recorded: Callable[[Path, date | None], tuple[list[Edition], list[str]]] | None = None
    """The editions in a folder of recorded files or in one file, and a line for what was left out and why. The day is
    the one that is asked for, for files that nothing dates.
    Without it, every file of <folder>/<source>/ is one edition (watchbill.days.recordings)."""
    recorded_names: str = ""
    """The files that it reads, for the owner who gave others."""

    def source(self, name: str) -> Source:
        for source in self.sources:
            if source.name == name:
                return source
        raise SettingsError(f"{self.name} has no source {name!r}; it has {', '.join(s.name for s in self.sources)}")

    def source_title(self, name: str) -> str:
        """A source as people know it; of one that the product no longer has, the name under which the brain has it."""
        return next((source.title or name for source in self.sources if source.name == name), name)


def load(name: str) -> Vertical:
    """The product called `name`; SettingsError says what is missing."""
    try:
        module = importlib.import_module(f"{name}.vertical")
    except ModuleNotFoundError as error:
        raise SettingsError(f"VERTICAL={name}: there is no module {error.name}") from error
    except CompanyError:
        raise
    except Exception as error:  # it is the product's code, which may do anything
        raise SettingsError(f"VERTICAL={name}: {_place_in(name, error)}: {error}") from error
    found = getattr(module, "VERTICAL", None)
    if not isinstance(found, Vertical):
        raise SettingsError(f"VERTICAL={name}: {name}.vertical has no VERTICAL record")
    return found


def _place_in(name: str, error: Exception) -> str:
    """The last line of the product's own code that led to an error, or the line that is no Python."""
    if isinstance(error, SyntaxError):
        return f"{error.filename}, line {error.lineno}"
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if f"/{name}/" in frame.filename]
    place = f"{frames[-1].filename}, line {frames[-1].lineno}" if frames else f"{name}.vertical"
    return f"{place}: {type(error).__name__}"
