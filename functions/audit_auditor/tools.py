"""What only audit_auditor reads: what auditors did, things that they name as checked, and what was planted for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from company.fire.fire import Fire
from company.json_values import JsonObject
from company.tools import reading_tool
from company.watch.catch_rates import CatchRate
from company.watch.unread import since_hours

A_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class AuditorFigures:
    """An auditor in a span of time. fires_at_work: those that were no skip.

    reported_sampled: by its evidence; audits to distinct_items: by its audits.
    """

    role: str
    reports_to: str | None
    published_at: datetime
    fires: int
    fires_at_work: int
    reported_sampled: int
    audits: int
    looked_at: int
    differing: int
    distinct_items: int


@dataclass(frozen=True)
class AuditedItem:
    """One thing that an audit names as looked at."""

    audit_id: int
    subject: str
    item: str


@dataclass(frozen=True)
class ItemsAgain:
    """Drawn things that an auditor named, and those of them that the source never had."""

    items: Sequence[str]
    unknown: Sequence[str]


@dataclass(frozen=True)
class DoubtfulAudits:
    """What makes an auditor's week doubtful, and the facts that show it."""

    auditor: str
    what: str
    facts: JsonObject


@dataclass(frozen=True)
class PlantedTest:
    """A defect planted for an auditor: whose test it is, and who found it when."""

    id: int
    fault: str
    subject: str
    planted_at: datetime
    removed_at: datetime | None
    whose_test: str | None
    found_by: str | None
    found_at: datetime | None
    note: str | None


@reading_tool
def auditors_at_work(fire: Fire, hours: int | None = None) -> list[AuditorFigures]:
    """Lists the auditors: their fires, how much they reported as sampled, and what they recorded.

    hours: how far back; if left out, since your last fire that did its work: a week at least, four at most.
    Example: auditors_at_work(hours=168) gives [{"role": "x", "fires": 42, "reported_sampled": 42, "audits": 8, ...}].
    """
    since = since_hours(fire, hours, at_least=A_WEEK, at_most=4 * A_WEEK)
    return fire.brain.rows(AuditorFigures, "auditors_at_work", since=since, until=fire.now)


@reading_tool
def items_again(fire: Fire, auditor: str, hours: int = 168, sample: int = 10) -> ItemsAgain:
    """Draws things that an auditor named and looks up whether the source ever had them.

    Example: items_again(auditor="x") gives {"items": ["y a", "y b"], "unknown": []}.
    """
    since = fire.now - timedelta(hours=hours)
    drawn = fire.brain.rows(AuditedItem, "items_audited", auditor=auditor, since=since, limit=sample)
    known = {
        f"{one.subject} {one.item}": bool(fire.brain.value("key_is_known", source=one.subject, key=one.item))
        for one in drawn
    }
    return ItemsAgain(list(known), [item for item, is_known in known.items() if not is_known])


@reading_tool
def planted_tests(fire: Fire, hours: int = 336) -> list[PlantedTest]:
    """Lists the tests of the last hours that are over: whose each was, and who found it when.

    Example: planted_tests(hours=336) gives [{"id": 2, "whose_test": "x", "found_by": "x", "planted_at": "..."}].
    """
    return fire.brain.rows(PlantedTest, "plants_for_audit", since=fire.now - timedelta(hours=hours))


@reading_tool
def doubtful_audits(fire: Fire, hours: int | None = None) -> list[DoubtfulAudits]:
    """Lists what looks as if nobody looked.

    hours: how far back; if left out, since your last fire that did its work: a week at least, four at most.
    what: the same things each time, differences that no finding says, verdicts without an audit, sources never named.
    Example: doubtful_audits() gives [{"auditor": "x", "what": "looks at the same things", "facts": {...}}].
    """
    since = since_hours(fire, hours, at_least=A_WEEK, at_most=4 * A_WEEK)
    return fire.brain.rows(DoubtfulAudits, "doubtful_audits", since=since, until=fire.now)


@reading_tool
def catch_rates(fire: Fire, weeks: int = 8) -> list[CatchRate]:
    """Lists how many of its tests each auditor found, week by week backwards, and after how many hours.

    Example: catch_rates(weeks=8) gives [{"auditor": "x", "weeks_ago": 0, "planted": 1, "caught": 1, "hours": 7.5}].
    """
    return fire.brain.rows(CatchRate, "catch_rates", until=fire.now, weeks=weeks)
