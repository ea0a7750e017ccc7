"""What only docs_auditor reads: records as deployed and as published, the brain's pages, the organisation page."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TypedDict

from company.fire.fire import Fire
from company.owner.hour import at_owners_hour
from company.records import Record, read_staff
from company.sandbox.changes import NotPulled
from company.tools import reading_tool
from company.watch.findings import is_reported

FUNCTIONS = Path(__file__).resolve().parent.parent
ORG_PAGE = "pages/org.html"
COMPARED = {"kind": "kind", "reports_to": "reports_to", "watched_by": "watched_by", "schedule_expression": "schedule",
            "schedule_timezone": "timezone", "description": "description"}  # fmt: skip
"""A column of the roster -> the field of the deployed record that must be equal to it."""
IN_EVENTBRIDGE = "schedule in EventBridge"
NAME_OF_A_ROLE = re.compile(r"\b[a-z]+_(?:manager|worker|auditor)\b")
WORD = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
TOOLS_NAMED = "tools that its page names"
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
    differs: dict[str, Sides]
    is_gone: bool
    names_gone: Sequence[str]


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


@reading_tool
def record_drifts(fire: Fire) -> list[RecordDrift]:
    """Compares each role's deployed folder with its published record, its page and its deployed schedule.

    differs names what has two values, with both. is_gone: published, and its folder is not deployed. names_gone:
    roles that its page names and that are not here.
    Example: record_drifts() gives [{"role": "x", "differs": {"tools": {"deployed": [...], "published": [...]}},
    "is_gone": false, "names_gone": []}].
    """
    # Folders of another product lie beside these and are not deployed: nobody publishes their records.
    staff = read_staff(FUNCTIONS, fire.vertical.name)
    changed = set(fire.brain.value("pages_deployed") or ())
    deployed = {role: at_owners_hour(one, fire.settings.brief_at) for role, one in staff.items()}
    published = {row.role: row for row in fire.brain.rows(PublishedRecord, "published_roster")}
    here = set(deployed)
    tools = {tool for record in deployed.values() for tool in record.tools}
    known = [_drift(fire, row, deployed.get(role), here, tools) for role, row in published.items()]
    for drift in (one for one in known if one.role in changed):
        drift.differs.pop("page", None)  # a deployed change: it is reported until it was pulled
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
    from botocore.exceptions import ClientError

    try:
        answer = fire.cloud.client("s3").get_object(Bucket=fire.settings.bucket, Key=ORG_PAGE)
    except ClientError:
        return []
    return sorted(set(re.findall(r"\b[a-z][a-z0-9_]+\b", answer["Body"].read().decode())))


def _names_gone(page: str, here: set[str]) -> list[str]:
    return sorted(set(NAME_OF_A_ROLE.findall(page)) - here)


def _unpublished(record: Record, here: set[str]) -> RecordDrift:
    differs = {"record": _sides("yes", "no")}
    return RecordDrift(record.role, differs, is_gone=False, names_gone=_names_gone(record.text, here))


def _drift(
    fire: Fire, row: PublishedRecord, record: Record | None, here: set[str], known_tools: set[str]
) -> RecordDrift:
    if record is None:
        names_gone = _names_gone(row.page or "", here)
        return RecordDrift(row.role, {"record": _sides("no", "yes")}, is_gone=True, names_gone=names_gone)
    differs = _compared(row, record, known_tools)
    # Heartbeat reports a changed schedule within minutes; that finding is the one to follow.
    if IN_EVENTBRIDGE in differs and is_reported(fire.brain, "differs", f"differs:{row.role}"):
        del differs[IN_EVENTBRIDGE]
    return RecordDrift(row.role, differs, is_gone=False, names_gone=_names_gone(record.text, here))


def _compared(row: PublishedRecord, record: Record, known_tools: set[str]) -> dict[str, Sides]:
    pairs: dict[str, tuple[object, object]] = {
        column: (getattr(record, field), getattr(row, column)) for column, field in COMPARED.items()
    }
    pairs |= {name: (list(getattr(record, name)), list(getattr(row, name))) for name in LISTS}
    differs = {name: _sides(*pair) for name, pair in pairs.items() if pair[0] != pair[1]}
    if lacking := sorted(set(WORD.findall(record.text)) & known_tools - set(record.tools)):
        differs[TOOLS_NAMED] = _sides("not on its list", lacking)
    if record.text != row.page:
        differs["page"] = _sides("its text", "another text" if row.page else "no page")
    if row.deployed_expression not in (None, record.schedule):
        differs[IN_EVENTBRIDGE] = _sides(record.schedule, row.deployed_expression)
    return differs


def _sides(deployed: object, published: object) -> Sides:
    return {"deployed": deployed, "published": published}


def _is_as_deployed(fire: Fire, page: BrainPage) -> bool:
    return page.file_key != "PRODUCT" or page.content == fire.vertical.product
