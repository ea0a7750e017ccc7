"""What the script of a dashboard reads: one JSON document, cleaned, that no markup can be made of."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby

from company.json_values import JsonObject
from company.text.cleaning import visible_document
from patchfirst.dashboard.records import Because, EpssPoint, Listed, Shown, Week
from patchfirst.page.changes import components_text, name_of

UNIX = date(1970, 1, 1)


def document(shown: Shown) -> JsonObject:
    """Days are counted since 1970; EPSS is in hundred-thousandths, as its files have it."""
    return visible_document(
        {
            "customer": {"id": shown.customer_id, "name": shown.customer},
            "as_of": shown.as_of.isoformat(),
            "lines": [_line(shown, line) for line in shown.lines],
            "weeks": [_week(week) for week in shown.weeks],
            "before": _before(shown),
        }
    )


def entries(shown: Shown) -> JsonObject:
    """Each CVE's question and number: what the next edition, or the reader's browser, compares itself with."""
    return {line.cve: [line.question, _number(line.number)] for line in shown.lines}


def as_script(value: JsonObject) -> str:
    """JSON for a script element: in ASCII, and without a sign that HTML reads."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _before(shown: Shown) -> JsonObject | None:
    if shown.before_as_of is None:
        return None
    return {"as_of": shown.before_as_of.isoformat(), "entries": dict(shown.before)}


def _line(shown: Shown, line: Listed) -> JsonObject:
    return {
        "cve": line.cve,
        "question": line.question,
        "number": _number(line.number),
        "product": name_of(vars(line)),
        "title": line.title or "",
        "yours": components_text(line.components),
        "published": _day(line.published_at),
        "added": _day(line.date_added),
        "due": _day(line.due_date),
        "ransomware": line.ransomware,
        "percentile": line.percentile,
        "handle": shown.handle.get(line.cve, ""),
        "reasons": [_reason(reason) for reason in shown.reasons.get(line.cve, ())],
        "epss": _segments(shown.epss.get(line.cve, ())),
    }


def _reason(reason: Because) -> list[object]:
    points = None if reason.points is None else round(reason.points, 1)
    return [points, reason.says, reason.source, _day(reason.as_of), reason.part]


def _segments(points: Sequence[EpssPoint]) -> list[list[object]]:
    """One list for each time that a model was in force: its name, then day and value in turn."""
    found = []
    for model, same in groupby(points, key=lambda point: point.model_version):
        numbers = [number for point in same for number in (_days(point.at), round(point.epss * 100_000))]
        found.append([model or "a model without a name", *numbers])
    return found


def _week(week: Week) -> list[object]:
    return [_days(week.until), week.listed, week.above, week.version]


def _days(moment: datetime) -> int:
    return (moment.date() - UNIX).days


def _day(moment: date | None) -> str | None:
    """In no form of strftime, which takes three times as long: a page has some 14,000 days."""
    return None if moment is None else moment.isoformat()[:10]


def _number(number: object) -> float | None:
    return None if number is None else float(str(number))
