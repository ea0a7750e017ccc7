"""A customer's file for programs: the changes and the lists, each CVE with the reasons of its numbers.

Its schema lies beside the files; a field never changes its meaning within a version of the schema.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from company.vertical import Facts, FeedSchema, Headline, Row
from patchfirst.page.changes import WHAT, change_text, name_of
from patchfirst.page.sections import leading, record_of
from patchfirst.reasons import Reason

VERSION = 1
NAME = f"patchfirst-feed-{VERSION}.schema.json"
Reasons = Mapping[str, Sequence[Reason]]


def _schema() -> FeedSchema:
    text = (Path(__file__).parent / "schemas" / NAME).read_text(encoding="utf-8")
    change = json.loads(text)["$defs"]["change"]["properties"]
    # As jsonb orders the names of an item that was kept: the columns of a quiet day are those of any other.
    return FeedSchema(NAME, VERSION, text, sorted(change, key=lambda name: (len(name), name)))


SCHEMA = _schema()


def feed_items(changes: Sequence[Row], reasons: Reasons) -> list[Row]:
    return [_item(change, reasons) for change in changes]


def lists_of(facts: Facts, reasons: Reasons) -> Row:
    """What a file has beside the changes."""
    lists = {
        name: [_entry(row, reasons) for row in leading(facts, question)]
        for name, question in (("fix_now", "now"), ("next", "next"))
    }
    return {**lists, "handled": [_handled(row) for row in facts.handled], "dashboard": _dashboard(facts)}


def headline(item: Row) -> Headline:
    """One change in RSS, of an item as it was written; a correction's item says what was taken back."""
    if item["what"] == "taken_back":
        was = WHAT.get(item["was"], "a change")
        return Headline(f"{item['cve']}: correction", record_of(item["cve"]), f"Taken back: {was}")
    says = "; ".join(reason["says"] for reason in item.get("reasons") or () if reason["points"] > 0)
    return Headline(f"{item['cve']} {name_of(item)}: {change_text(item)}", record_of(item["cve"]), says)


def _item(item: Row, reasons: Reasons) -> Row:
    dates = {name: _text(item[name]) for name in ("date_added", "due_date", "at")}
    return {
        **{name: item[name] for name in ("cve", "what", "vendor", "product", "title", "ransomware")},
        **{name: _decimal(item[name]) for name in ("score", "old_score", "epss", "percentile")},
        **dates,
        "is_rejected": item.get("state") == "REJECTED",
        "components": [*item.get("components", ())],
        "url": record_of(item["cve"]),
        "reasons": _reasons(item["cve"], reasons),
    }


def _entry(row: Row, reasons: Reasons) -> Row:
    return {
        **{name: row[name] for name in ("cve", "vendor", "product", "title", "ransomware")},
        **{name: _decimal(row[name]) for name in ("number", "score", "epss", "percentile")},
        **{name: _text(row[name]) for name in ("date_added", "due_date")},
        "components": [*row.get("components", ())],
        "url": record_of(row["cve"]),
        "reasons": _reasons(row["cve"], reasons),
    }


def _dashboard(facts: Facts) -> Row | None:
    link = facts.dashboard
    return {"address": link.address, "opens_until": link.ends_at.isoformat()} if link else None


def _handled(row: Row) -> Row:
    kept = {name: row[name] for name in ("cve", "by_whom", "note", "back_because")}
    return {**kept, "at": _text(row["at"])}


def _reasons(cve: str, reasons: Reasons) -> list[Row] | None:
    """None for what a file does not explain: the changes after the first 500, and what has no score."""
    if cve not in reasons:
        return None
    return [
        {
            "part": reason.part,
            "question": reason.question,
            "points": reason.points,
            "says": reason.says,
            "source": reason.source,
            "as_of": _text(reason.as_of),
            "is_known": reason.is_known,
        }
        for reason in reasons[cve]
    ]


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _decimal(value: object) -> float | None:
    return None if value is None else float(str(value))
