"""What only docs_auditor reads: records as deployed and as published, the brain's pages, the organisation page."""

import re
from pathlib import Path
from typing import Any

from company.fire.fire import Fire
from company.json_values import json_rows
from company.records import Record, read_staff
from company.tools import reading_tool

FUNCTIONS = Path(__file__).resolve().parent.parent
ORG_PAGE = "pages/org.html"
TIED = {"kind": "kind", "reports_to": "reports_to", "watched_by": "watched_by", "schedule_expression": "schedule",
        "schedule_timezone": "timezone", "description": "description"}  # fmt: skip
IN_EVENTBRIDGE = "schedule in EventBridge"
NAME_OF_A_ROLE = re.compile(r"\b[a-z]+_(?:manager|worker|auditor)\b")
LISTS = ("modes", "tools", "outward")


@reading_tool
def record_drifts(fire: Fire) -> list[dict[str, Any]]:
    """Compares each role's deployed folder with its published record, its page and its deployed schedule.

    differs names what is told in two ways, with both. is_gone: published, and its folder is not deployed. names_gone:
    roles that its page names and that are not here.
    Example: record_drifts() gives [{"role": "x", "differs": {"tools": {"deployed": [...], "published": [...]}},
    "is_gone": false, "names_gone": []}].
    """
    deployed = read_staff(FUNCTIONS)
    published = {row["role"]: row for row in fire.brain.all("published_roster")}
    known = [_compared(row, deployed.get(role)) for role, row in published.items()]
    for record in known:
        # Heartbeat tells of a changed schedule within minutes; that finding is the one to follow.
        if fire.brain.one("open_finding_of", fingerprint=f"differs:{record['role']}"):
            record["differs"].pop(IN_EVENTBRIDGE, None)
    known += [_unpublished(record) for role, record in deployed.items() if role not in published]
    here = {record["role"] for record in known if not record["is_gone"]}
    return [_without_text(record, "page") | {"names_gone": _names_gone(record["page"], here)} for record in known]


@reading_tool
def brain_pages(fire: Fire) -> list[dict[str, Any]]:
    """Lists the brain's pages that are no records, with their age, and whether PRODUCT is the deployed product's.

    Example: brain_pages() gives [{"file_key": "PRODUCT", "age_hours": 20.5, "is_as_deployed": true, ...}].
    """
    rows = json_rows(fire.brain.all("brain_pages"))
    return [_without_text(row, "content") | {"is_as_deployed": _is_as_deployed(fire, row)} for row in rows]


@reading_tool
def org_page_names(fire: Fire) -> list[str]:
    """Lists the names that the organisation page holds, as readers get it; empty when there is none yet.

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


def _without_text(row: dict[str, Any], text: str) -> dict[str, Any]:
    """All pages together are longer than what a model is given of one answer; read_page gives each."""
    return {name: part for name, part in row.items() if name != text}


def _unpublished(record: Record) -> dict[str, Any]:
    differs = {"record": {"deployed": "yes", "published": "no"}}
    return {"role": record.role, "is_gone": False, "page": record.text, "differs": differs}


def _compared(row: dict[str, Any], record: Record | None) -> dict[str, Any]:
    if record is None:
        gone = {"record": {"deployed": "no", "published": "yes"}}
        return {"role": row["role"], "is_gone": True, "page": row["page"] or "", "differs": gone}
    pairs = {name: (getattr(record, field), row[name]) for name, field in TIED.items()}
    pairs |= {name: (list(getattr(record, name)), list(row[name])) for name in LISTS}
    differs = {name: _both(*pair) for name, pair in pairs.items() if pair[0] != pair[1]}
    if record.text != row["page"]:
        differs["page"] = _both("its text", "another text" if row["page"] else "no page")
    if row["deployed_expression"] not in (None, record.schedule):
        differs[IN_EVENTBRIDGE] = _both(record.schedule, row["deployed_expression"])
    return {"role": row["role"], "is_gone": False, "page": record.text, "differs": differs}


def _both(deployed: Any, published: Any) -> dict[str, Any]:
    return {"deployed": deployed, "published": published}


def _is_as_deployed(fire: Fire, row: dict[str, Any]) -> bool:
    return bool(row["file_key"] != "PRODUCT" or row["content"] == fire.vertical.product)
