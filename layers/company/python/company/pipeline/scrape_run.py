"""The result of asking one source at one fire: its figures, its reasons, and the outcome that follows from them."""

from collections import Counter
from dataclasses import dataclass, field

from company.outcomes import Done, Failed, Outcome, Skipped

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
class ScrapeRun:
    """What the requests of one run gave."""

    results: Counter[str] = field(default_factory=Counter)
    read: int = 0
    rejected: int = 0
    reasons: list[str] = field(default_factory=list)
    failing: set[str] = field(default_factory=set)
    """Routes that failed during this run: they are not asked again."""
    body: bytes = b""
    """The last page that came, from which the next page's address is read."""
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


def outcome_of(run: ScrapeRun, rows: dict[str, int]) -> Outcome:
    """Done when bytes came; without any the run is skipped with the reason, or failed when a request failed."""
    why = "; ".join(dict.fromkeys(run.reasons)) or "nothing new since the last request"
    if run.results["new"]:
        return Done({**run.evidence, **rows}, note=why if run.rejected or run.has_faults else "")
    if run.results["malformed"] or run.results["older"]:
        return Done({**run.evidence, **rows}, note=why)
    if run.has_faults:
        return Failed(why, evidence=run.evidence)
    return Skipped(why)
