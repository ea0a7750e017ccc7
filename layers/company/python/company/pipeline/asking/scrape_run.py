"""The result of asking one source at one fire: its figures, its reasons, and the outcome that follows from them."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from company.outcomes import Done, Failed, Outcome, Skipped
from company.vertical.feeds import Malformed
from company.vertical.paged import Pages

FAULTS = ("failed", "blocked")
"""Results of a request after which its route is not asked again in this run."""


@dataclass(frozen=True)
class RequestResult:
    """How one request ended. status is None when nobody answered; raw_id is the stored document, if there is one."""

    result: str
    status: int | None
    reason: str | None
    raw_id: int | None = None


@dataclass
class Pull:
    """What the pages of one answer have brought so far: the ids of entries, and how many each page said there are."""

    ids: set[str] = field(default_factory=set)
    totals: set[int] = field(default_factory=set)
    is_readable: bool = True

    @property
    def is_whole(self) -> bool:
        """Whether nothing moved while it was read, and all of it has come."""
        return self.is_readable and self.totals == {len(self.ids)}

    def add(self, pages: Pages, body: bytes) -> None:
        """Takes note of one more page."""
        try:
            self.ids.update(pages.ids(body))
            self.totals.add(pages.total(body))
        except Malformed:
            self.is_readable = False

    def mark(self, pages: Pages, url: str, made_at: datetime) -> datetime:
        """Until when everything has come with this page: the end of its window, or no later than its begin."""
        begin, end = pages.window(url)
        return min(made_at, end) if self.is_whole else begin

    def describe(self) -> str:
        said = " or ".join(str(total) for total in sorted(self.totals)) or "an unknown number of"
        return f"{len(self.ids)} of {said} entries came, for they moved or a page was missing"


@dataclass
class ScrapeRun:
    """What the requests of one run gave."""

    results: Counter[str] = field(default_factory=Counter)
    read: int = 0
    rejected: int = 0
    reasons: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What is said of the run however it ends."""
    failing: set[str] = field(default_factory=set)
    """Routes that failed during this run: they are not asked again."""
    body: bytes = b""
    """The last page that came, from which the next page's address is read."""
    pull: Pull = field(default_factory=Pull)
    seconds: float = 0.0
    """How long the last request took."""
    ended_at: float = 0.0
    """When the last request ended, by time.monotonic."""
    raw_id: int | None = None
    """The last document that was stored, or was stored before."""

    @property
    def evidence(self) -> dict[str, int]:
        return {"requests": self.results.total(), "rows": self.read, "rejected": self.rejected, **self.results}

    @property
    def has_faults(self) -> bool:
        return any(self.results[result] for result in FAULTS)

    def count(self, ended: RequestResult) -> None:
        """Adds one request."""
        self.results[ended.result] += 1
        self.raw_id = ended.raw_id or self.raw_id
        if ended.reason:
            self.reasons.append(ended.reason)

    def add(self, other: "ScrapeRun") -> None:
        """Adds another source's run."""
        self.results += other.results
        self.read += other.read
        self.rejected += other.rejected
        self.reasons += other.reasons
        self.notes += other.notes


def outcome_of(run: ScrapeRun, rows: dict[str, int]) -> Outcome:
    """Done when bytes came; without any the run is skipped with the reason, or failed when a request failed."""
    notes = "; ".join(dict.fromkeys(run.notes))
    why = "; ".join(dict.fromkeys([*run.reasons, *run.notes])) or "nothing new since the last request"
    if run.results["new"]:
        return Done({**run.evidence, **rows}, note=why if run.rejected or run.has_faults else notes)
    if run.results["malformed"] or run.results["older"]:
        return Done({**run.evidence, **rows}, note=why)
    if run.has_faults:
        return Failed(why, evidence=run.evidence)
    return Skipped(why)
