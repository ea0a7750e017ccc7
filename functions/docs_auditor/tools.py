"""What only docs_auditor reads: records as deployed and as published, the brain's pages, the organisation page."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TypedDict

from company.fire.apart import each
from company.fire.fire import Fire
from company.json_values import JsonObject
from company.owner.brief_hour import at_owners_hour
from company.records import Record, read_staff
from company.sandbox.changes import NotPulled
from company.text.posts import PublishedPost
from company.tools import reading_tool
from company.watch.findings import is_reported
from company.watch.page_text import false_rhythms, names_gone, tools_not_listed, unknown_tools
from docs_auditor.limits import stated_hours
from docs_auditor.posts import changed_page, kept_page

FUNCTIONS = Path(__file__).resolve().parent.parent
ORG_PAGE, POSTS = "pages/org.html", "pages/posts"
COMPARED = {"kind": "kind", "reports_to": "reports_to", "watched_by": "watched_by", "schedule_expression": "schedule",
            "schedule_timezone": "timezone", "description": "description", "grace_minutes": "grace_minutes",
            "answers_within_minutes": "answers_within_minutes", "missed_fire": "missed_fire",
            "model": "model"}  # fmt: skip
"""A column of the roster -> the field of the deployed record that must be equal to it."""
IN_EVENTBRIDGE = "schedule in EventBridge"
TOOLS_NAMED = "tools that its page names"
UNKNOWN_NAMED = "names on its page"
RHYTHM = "when it fires, by its page"
LISTS = ("modes", "tools", "outward", "findings")


class Sides(TypedDict):
    """The two sides of a difference."""

    deployed: object
    published: object


@dataclass(frozen=True)
class PublishedRecord:
    """A role's record as it was published, with its page and its deployed schedule, if there are such."""

    role: str
    kind: str
    description: str
    reports_to: str | None
    watched_by: str | None
    schedule_expression: str | None
    schedule_timezone: str
    grace_minutes: int
    answers_within_minutes: int
    missed_fire: str
    model: str | None
    budget: JsonObject
    modes: Sequence[str]
    tools: Sequence[str]
    outward: Sequence[str]
    findings: Sequence[str]
    page: str | None
    deployed_expression: str | None
    deployed_timezone: str | None


@dataclass(frozen=True)
class RecordDrift:
    """How a role's deployed folder differs from what was published. names_gone: absent roles that its page names."""

    role: str
    differs: Mapping[str, Sides]
    is_gone: bool
    names_gone: Sequence[str]


@dataclass(frozen=True)
class ActBesideRecord:
    """What a role did in the last week and its published record does not list. what: outward or modes."""

    role: str
    what: str
    done: Sequence[str]


@dataclass(frozen=True)
class BrainPage:
    """A page of the brain that is no record."""

    file_key: str
    content: str
    updated_by: str
    age_hours: Decimal


@dataclass(frozen=True)
class CheckedPage:
    """The same without its text. is_as_deployed: whether PRODUCT is the deployed product's text; true for others."""

    file_key: str
    updated_by: str
    age_hours: float
    is_as_deployed: bool


@dataclass(frozen=True)
class StatedLimit:
    """How old a source may be in hours: what a page says, and what the brain holds (0: it reads no such source)."""

    source: str
    stated: Sequence[float]
    held: float


@dataclass(frozen=True)
class CheckedPost:
    """A published post that was compared with its draft. wrong: what readers get otherwise, or ''."""

    post: str
    wrong: str


@reading_tool
def record_drifts(fire: Fire) -> list[RecordDrift]:
    """Compares each role's deployed folder with its published record, its page and its deployed schedule.

    differs names what has two values, with both: also what its page says in words, and what it did. is_gone:
    published, and its folder is not deployed. names_gone: roles that its page names and that are not here.
    Example: record_drifts() gives [{"role": "x", "differs": {"tools": {"deployed": [...], "published": [...]}},
    "is_gone": false, "names_gone": []}].
    """
    # Folders of another product lie beside these and are not deployed: nobody publishes their records.
    staff = read_staff(FUNCTIONS, fire.vertical.name)
    deployed = {role: at_owners_hour(one, fire.settings.brief_at) for role, one in staff.items()}
    published = {row.role: row for row in fire.brain.rows(PublishedRecord, "published_roster")}
    changed = set(fire.brain.value("pages_deployed") or ())
    here, done = set(deployed), fire.brain.rows(ActBesideRecord, "acts_beside_records")
    words = _Words(
        {tool for record in deployed.values() for tool in record.tools},
        here | {kind for record in deployed.values() for kind in record.findings},
    )
    known = [
        _drift(
            fire,
            _as_changed(row, changed, deployed.get(row.role)),
            deployed.get(role),
            here,
            words,
            [act for act in done if act.role == role],
        )
        for role, row in published.items()
    ]
    return known + [_unpublished(record, here) for role, record in deployed.items() if role not in published]


@reading_tool
def brain_pages(fire: Fire) -> list[CheckedPage]:
    """Lists the brain's pages that are no records, with their age, and whether PRODUCT is the deployed product's.

    Example: brain_pages() gives [{"file_key": "PRODUCT", "age_hours": 20.5, "is_as_deployed": true, ...}].
    """
    # Without their text: all pages together are longer than what a model is given of one answer; read_page gives each.
    return [
        CheckedPage(page.file_key, page.updated_by, float(page.age_hours), _is_as_deployed(fire, page))
        for page in fire.brain.rows(BrainPage, "brain_pages")
    ]


@reading_tool
def limits_stated(fire: Fire) -> list[StatedLimit]:
    """Compares how old each source may be, as the page PRODUCT tells its readers, with what the brain holds.

    Lists each limit of the page that is another; held is 0 where the page names no source that is read.
    Example: limits_stated() gives [{"source": "x", "stated": [96.0], "held": 48.0}], in hours; [] when all agree.
    """
    page = next((page.content for page in fire.brain.rows(BrainPage, "brain_pages") if page.file_key == "PRODUCT"), "")
    held = {row["source"]: float(row["hours"]) for row in fire.brain.all("freshness_limits")}
    names = {source.name: (source.title, source.name) for source in fire.vertical.sources}
    stated = [StatedLimit(source, hours, held.get(source, 0.0)) for source, hours in stated_hours(page, names).items()]
    return [limit for limit in stated if set(limit.stated) != {limit.held}]


@reading_tool
def changes_not_pulled(fire: Fire) -> list[NotPulled]:
    """Lists changes that are deployed and not in the owner's checkout: her next deploy would undo them.

    Example: changes_not_pulled() gives [{"change_id": 7, "title": "x: a comes as A", "live_at": "..."}].
    """
    return fire.brain.rows(NotPulled, "deployments_not_pulled")


@reading_tool
def org_page_names(fire: Fire) -> list[str]:
    """Lists the names on the organisation page, as readers get it; empty when there is none yet.

    Example: org_page_names() gives ["ceo", "data_manager"].
    """
    return sorted(set(re.findall(r"\b[a-z][a-z0-9_]+\b", kept_page(fire, ORG_PAGE) or "")))


@dataclass(frozen=True)
class _Words:
    """What names with an underscore may be: tools of anybody, or roles and kinds of findings."""

    tools: Collection[str]
    others: Collection[str]


@reading_tool
def published_pages(fire: Fire, limit: int = 20) -> list[CheckedPost]:
    """Compares the last published posts, as readers get them, with the drafts that were approved. wrong is "" if equal.

    Example: published_pages() gives [{"post": "post added-lately-2026-03-11-12", "wrong": ""}].
    """
    posts = fire.brain.rows(PublishedPost, "published_posts", limit=min(limit, 100))
    return each(fire, "posts", posts, partial(_checked_post, fire), name=lambda post: post.slug)


def _checked_post(fire: Fire, post: PublishedPost) -> CheckedPost:
    page, text = kept_page(fire, f"{POSTS}/{post.slug}.html"), kept_page(fire, f"{POSTS}/{post.slug}.txt")
    return CheckedPost(f"post {post.slug}", changed_page(post, page, text))


def _as_changed(row: PublishedRecord, changed: Collection[str], record: Record | None) -> PublishedRecord:
    """A page that is of a deployed change is no drift: the change is reported until it was pulled."""
    return replace(row, page=record.text) if record and row.role in changed else row


def _unpublished(record: Record, here: set[str]) -> RecordDrift:
    differs = {"record": _sides("yes", "no")}
    return RecordDrift(record.role, differs, is_gone=False, names_gone=names_gone(record.text, here))


def _drift(
    fire: Fire,
    row: PublishedRecord,
    record: Record | None,
    here: set[str],
    words: _Words,
    done: Sequence[ActBesideRecord],
) -> RecordDrift:
    if record is None:
        gone = names_gone(row.page or "", here)
        return RecordDrift(row.role, {"record": _sides("no", "yes")}, is_gone=True, names_gone=gone)
    differs = _compared(row, record) | _of_its_text(record, words, fire.now)
    differs |= {f"{act.what} of its last week": _sides("not on its list", list(act.done)) for act in done}
    # Heartbeat reports a changed schedule within minutes; that finding is the one to follow.
    if IN_EVENTBRIDGE in differs and is_reported(fire.brain, "differs", f"differs:{row.role}"):
        del differs[IN_EVENTBRIDGE]
    return RecordDrift(row.role, differs, is_gone=False, names_gone=names_gone(record.text, here))


def _compared(row: PublishedRecord, record: Record) -> dict[str, Sides]:
    pairs: dict[str, tuple[object, object]] = {
        column: (getattr(record, field), getattr(row, column)) for column, field in COMPARED.items()
    }
    pairs |= {name: (list(getattr(record, name)), list(getattr(row, name))) for name in LISTS}
    pairs["budget"] = (record.budget.model_dump(), dict(row.budget))
    differs = {name: _sides(*pair) for name, pair in pairs.items() if pair[0] != pair[1]}
    if record.text != row.page:
        differs["page"] = _sides("its text", "another text" if row.page else "no page")
    deployed = (row.deployed_expression, row.deployed_timezone)
    if row.deployed_expression is not None and deployed != (record.schedule, record.timezone):
        differs[IN_EVENTBRIDGE] = _sides(f"{record.schedule} {record.timezone}", " ".join(map(str, deployed)))
    return differs


def _of_its_text(record: Record, words: _Words, now: datetime) -> dict[str, Sides]:
    """What its page says in words beside what its record says."""
    lacking, unknown = tools_not_listed(record, words.tools), unknown_tools(record, {*words.tools, *words.others})
    rhythms = false_rhythms(record, now)
    return {
        **({TOOLS_NAMED: _sides("not on its list", lacking)} if lacking else {}),
        **({UNKNOWN_NAMED: _sides("nothing is called so", unknown)} if unknown else {}),
        **({RHYTHM: _sides(record.schedule, rhythms)} if rhythms else {}),
    }


def _sides(deployed: object, published: object) -> Sides:
    return {"deployed": deployed, "published": published}


def _is_as_deployed(fire: Fire, page: BrainPage) -> bool:
    return page.file_key != "PRODUCT" or page.content == fire.vertical.product
