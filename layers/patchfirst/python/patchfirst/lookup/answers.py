"""What the lookup answers about one CVE, as the command, the function URL and its OpenAPI document have it.

A value that nobody knows is null and stands under not_known; it is never shown as zero.
"""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from company.vertical.lookup import LONGEST_NOTE
from patchfirst.ids import PATTERN

Status = Literal["known", "rejected", "reserved", "gone", "unknown", "malformed"]


class Answered(BaseModel):
    """The base of all answers: nobody changes one."""

    model_config = ConfigDict(frozen=True)


class ScorePart(Answered):
    """One part of the score and the evidence behind it."""

    part: str
    question: str | None = Field(default=None, description="now or next: which of the two numbers it belongs to")
    value: float | None = Field(description="from 0 to 1; null where nobody knows it")
    points: float | None = Field(description="what it brings to the composite")
    says: str
    source: str | None = None
    as_of: datetime | date | None = None


class Numbers(Answered):
    """The composite of 0 to 100, and the two numbers that it is made of."""

    score: float
    fix_now: float | None = Field(default=None, description="0 to 100; null where CISA does not list the CVE")
    next: float | None = Field(default=None, description="0 to 100: to be exploited next")
    model_version: str
    since: datetime
    parts: tuple[ScorePart, ...]


class Listing(Answered):
    """The entry of CISA's list of known exploited vulnerabilities."""

    vendor: str | None
    product: str | None
    title: str | None
    date_added: date | None
    due_date: date | None
    ransomware: bool | None = Field(description="null where the list's word cannot be read")
    action: str | None
    since: datetime = Field(description="since when we read the entry as it is")


class EpssEstimate(Answered):
    """FIRST's estimate that the CVE is exploited in the next 30 days."""

    probability: float | None
    percentile: float | None
    model_version: str | None
    since: datetime


class Severity(Answered):
    """A CVSS base score. is_taken: the one of several that counts, by the rule of docs/data.md."""

    score: float
    version: str | None
    vector: str | None
    by: str | None
    source: str
    is_taken: bool


class Triage(Answered):
    """CISA's SSVC decision points, as the CVE record carries them."""

    exploitation: str | None
    automatable: str | None = None
    technical_impact: str | None = None


class CveRecord(Answered):
    """The record of the CVE List, or NVD's where there is no other."""

    source: str
    state: str | None
    title: str | None
    description: str | None
    assigner: str | None
    published_at: datetime | None
    updated_at: datetime | None
    weaknesses: tuple[str, ...]
    is_disputed: bool = False
    """Whether its assigner notes that it is disputed."""


class KnownExploit(Answered):
    """One exploit or template that names the CVE. dated: the day that its source gives it."""

    source: str
    name: str
    dated: date | None
    since: datetime


class AffectedProduct(Answered):
    """A vendor and product under which a source has the CVE."""

    vendor: str
    product: str
    source: str


class Reference(Answered):
    """Where to read more."""

    url: str
    source: str


class SourceState(Answered):
    """One source: whether it has the CVE, when it last said so, and how old the source itself is."""

    source: str
    title: str
    has_it: bool
    since: datetime | None = Field(description="since when it says what it says")
    last_said_at: datetime | None = Field(description="its newest edition, or the newest change of the record, with it")
    edition_at: datetime | None
    read_at: datetime | None
    age_hours: float | None
    limit_hours: float
    is_stale: bool


class Said(Answered):
    """A page, file or post that named the CVE, with its state at the moment that was asked about."""

    name: str
    to_whom: str
    kind: str
    written_at: datetime
    status: str
    ended_at: datetime | None
    mail_status: str | None
    subject: str
    lines: tuple[str, ...] = Field(description="the lines of its text that name the CVE")
    changes: tuple[str, ...] = Field(description="the kinds of change that it reported")


class CveAnswer(Answered):
    """All that is known of one CVE at one moment."""

    cve: str
    status: Status
    says: str
    as_of: datetime
    names: tuple[str, ...] = ()
    """Its ids in other databases of advisories."""
    numbers: Numbers | None = None
    listing: Listing | None = None
    epss: EpssEstimate | None = None
    cvss: tuple[Severity, ...] = ()
    ssvc: Triage | None = None
    record: CveRecord | None = None
    exploits: tuple[KnownExploit, ...] = ()
    affected: tuple[AffectedProduct, ...] = ()
    references: tuple[Reference, ...] = ()
    sources: tuple[SourceState, ...] = ()
    not_known: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        return self.status == "known"


class PastAnswer(CveAnswer):
    """The same of a past moment, with what had been said by then and where the brain's history does not reach."""

    said: tuple[Said, ...] = ()
    not_reached: tuple[str, ...] = ()


class CustomerChange(Answered):
    """One change that concerns the customer, by the filters that its pages use."""

    at: datetime
    cve: str
    what: str = Field(
        description="known_exploited, ransomware, left_the_list, name_corrected, name_restored, exploit_seen,"
        " score_moved"
    )
    old_score: float | None
    score: float | None = Field(description="the score in force now")
    vendor: str | None
    product: str | None


class ChangesPage(Answered):
    """Changes of a span, the oldest first. When has_more is false, ask next with since=until."""

    since: datetime
    until: datetime
    changes: tuple[CustomerChange, ...]
    next_cursor: str | None
    has_more: bool


class HandledMark(Answered):
    """What a customer says of one CVE: it has dealt with it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cve: str = Field(description="Any dash and any case is read.", json_schema_extra={"pattern": f"^{PATTERN}$"})
    note: str = Field(default="", max_length=LONGEST_NOTE, description="Why, or how; it is kept with the mark.")


class HandledAnswer(Answered):
    """The CVE is off the customer's lists until CISA lists it anew or ransomware uses it."""

    cve: str
    is_new: bool = Field(description="false where the customer had said the same before; nothing has changed then")


class Health(Answered):
    """Whether the API can answer, and how old its sources are."""

    status: Literal["ok"]
    as_of: datetime
    stale_sources: tuple[str, ...]


class ApiProblem(Answered):
    """An error, by RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
