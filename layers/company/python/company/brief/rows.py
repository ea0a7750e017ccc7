"""What the brief reads from the brain: one record for each query, with the query's columns. Times are UTC."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from company.json_values import JsonObject
from company.owner.decisions import OwnersQuestion


@dataclass(frozen=True)
class Frame:
    """The clock of the brief, where the last one ended, and whether company and actions are open or stopped."""

    is_simulated: bool
    now: datetime
    last_brief_to: datetime | None
    first_slot_at: datetime | None
    company_is: str
    not_open: Mapping[str, str]
    """Each action that is not open, with its level."""
    held: Sequence[str]
    """The actions for which a yes is asked since the brain went back; the owner has not set their level since."""
    awaits_scores: bool
    """Whether daily pages wait, for the scores still hold what was undone."""


@dataclass(frozen=True)
class OpenDecision(OwnersQuestion):
    """A question that waits for the owner, and how often the same was asked before."""

    planted: bool
    asked_before: int


@dataclass(frozen=True)
class Promise:
    """An answer of the owner, when its asker read it, and its outcome."""

    id: int
    question: str
    answer: str | None
    answer_text: str | None
    answered_by: str
    answered_at: datetime
    asked_by: str
    acted_at: datetime | None
    outcome: str | None
    reached_at: datetime | None


@dataclass(frozen=True)
class UnansweredEscalation:
    """An escalation that was raised again and still got no answer."""

    id: int
    from_role: str
    to_role: str
    subject: str
    body: str
    sent_at: datetime
    raised: int


@dataclass(frozen=True)
class CustomerLine:
    """What one customer got in the span."""

    id: int
    name: str
    kind: str
    is_paused: bool
    deliveries: int
    sent: int
    refused: int
    in_doubt: int
    waiting: int
    held_back: int
    items: int
    last_at: datetime | None
    subject: str | None
    mails: int
    accepted: int
    bounced: int
    complained: int
    corrections: int


@dataclass(frozen=True)
class SourceLine:
    """The rows of one source in the span, and the age of its last good edition. undecided: of the held, those whose
    batch is neither in force nor refused yet."""

    source: str
    edition_at: datetime | None
    age: timedelta
    fresh_within: timedelta
    is_stale: bool
    has_edition: bool
    last_asked_at: datetime | None
    last_result: str | None
    last_route: str | None
    last_reason: str | None
    read: int
    promoted: int
    unchanged: int
    quarantined: int
    held: int
    undecided: int
    batches: int
    asked: int

    @property
    def fates(self) -> tuple[int, int, int, int]:
        """How many rows were promoted, unchanged, quarantined and held; the sum is what was read."""
        return (self.promoted, self.unchanged, self.quarantined, self.held)


@dataclass(frozen=True)
class UnreadField:
    """How many values of a source's optional field could not be read in the span, and the first of them."""

    source: str
    field: str
    count: int
    first: str


@dataclass(frozen=True)
class ScorePasses:
    """What the scoring passes of the span did."""

    passes: int
    changed: int
    last_at: datetime | None
    looked_at: int


@dataclass(frozen=True)
class DomainLine:
    """A manager with its last note of the span and its open tasks."""

    role: str
    modes: Sequence[str]
    is_paused: bool
    note: str | None
    sent_at: datetime | None
    open_tasks: int


@dataclass(frozen=True)
class SlotCount:
    """How many slots of the span have a status, and how many of them were worked late."""

    status: str
    slots: int
    late: int


@dataclass(frozen=True)
class FireFigures:
    """What the sessions of the span cost and audited, and how many called a model, also where the book ended them."""

    fires: int
    by_the_book: int
    with_the_model: int
    people_by_the_book: int
    usd: Decimal
    audits: int
    audited: int
    differing: int
    planted: int
    caught: int
    find_hours: float | None = None
    """The median of the hours after which this week's tests were found."""
    missed_by: Sequence[str] = ()
    """The auditors who did not find theirs in time."""


@dataclass(frozen=True)
class SpendingFigures:
    """The company's daily limit, today's spending, and how many employees reached a limit in the span."""

    limit_usd: float
    today_usd: float
    stopped: int


@dataclass(frozen=True)
class SetAside:
    """How much a role said beyond its budgets of the day, by kind: {"question": {"of": 25, "set_aside": 22}}.

    last: the text of the last of a kind; of a refused call the rule that refused most of them.
    """

    role: str
    kinds: Mapping[str, Mapping[str, int]]
    last: Mapping[str, str]


@dataclass(frozen=True)
class BookReason:
    """Why the book replaced the model, and in how many fires."""

    because: str
    fires: int


@dataclass(frozen=True)
class RootCause:
    """A lesson whose task is done: how often the mistake happened before and after it."""

    task_id: int
    role: str
    lesson: str
    done_at: datetime
    times_before: int
    times_after: int
    last_at: datetime


@dataclass(frozen=True)
class LastBrief:
    """The brief before this one."""

    brief_date: date
    covers_to: datetime
    facts: JsonObject


@dataclass(frozen=True)
class MailedBrief:
    """A written brief, with all that its mail needs. facts: what it was made from, its page, and who wrote it."""

    id: int
    brief_date: date
    subject: str
    body: str
    html: str
    facts: JsonObject


@dataclass(frozen=True)
class KeptBrief(MailedBrief):
    """A brief as the brain keeps it."""

    covers_from: datetime
    covers_to: datetime
    checklist: JsonObject
    written_by: str
    written_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True)
class ApprovedBrief(MailedBrief):
    """A brief whose outbox entry the owner approved."""

    outbox_id: int


@dataclass(frozen=True)
class RoleName:
    """A role that works in the company."""

    role: str
