"""What a dashboard shows of a customer's CVEs, as the brain gives it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True)
class Listed:
    """One CVE of a list: question is now (known exploited) or next. of_list: how many are on that list, shown or not.

    number: 0 to 100, by which its list is ordered.
    """

    cve: str
    question: str
    number: Decimal | None
    score: Decimal | None
    of_list: int
    vendor: str | None
    product: str | None
    title: str | None
    date_added: date | None
    due_date: date | None
    ransomware: bool | None
    epss: float | None
    percentile: float | None
    published_at: datetime | None
    components: Sequence[str] = ()
    """Of the customer's inventory, those that it concerns."""


@dataclass(frozen=True)
class EpssPoint:
    """EPSS of a CVE from a moment on, and the model that gave it."""

    cve: str
    at: datetime
    epss: float
    model_version: str | None


@dataclass(frozen=True)
class Week:
    """A customer's CVEs at a week's end; None where nothing was scored in that week.

    listed: those known to be exploited; above: those that scored 50 or more, by the way of scoring that is named.
    """

    until: datetime
    listed: int | None
    above: int | None
    version: str | None


@dataclass(frozen=True)
class Because:
    """One reason of a number: points out of 100, the sentence, and where it comes from.

    points: None where it counts for the other list's number alone.
    """

    part: str
    points: float | None
    says: str
    source: str = ""
    as_of: date | None = None


@dataclass(frozen=True)
class Handled:
    """A CVE that the customer marked as handled. back: why it is on the lists again; "" while it stays away."""

    cve: str
    product: str
    at: datetime
    by_whom: str
    back: str


@dataclass(frozen=True)
class Shown:
    """All that one dashboard shows. before: of the edition before, each CVE's question and number."""

    customer_id: int
    customer: str
    as_of: datetime
    lines: Sequence[Listed]
    reasons: Mapping[str, Sequence[Because]]
    epss: Mapping[str, Sequence[EpssPoint]]
    weeks: Sequence[Week]
    notes: Sequence[str] = ()
    """What the reader must know of the data, such as that a source is old."""
    before_as_of: datetime | None = None
    before: Mapping[str, Sequence[object]] = field(default_factory=dict)
    handle: Mapping[str, str] = field(default_factory=dict)
    """By CVE, what marks it as handled: a signed link, or the owner's command."""
    handled: Sequence[Handled] = ()
    credits: Sequence[str] = ()
    """The lines that name the sources, as their terms want it."""
