"""Makes a dashboard's page of what it shows: everything inline, and a policy that lets nothing else in."""

from base64 import b64encode
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from company.json_values import JsonObject
from company.text.cleaning import visible_json, visible_line
from patchfirst.dashboard.document import UNIX, as_script, document
from patchfirst.dashboard.libraries import inline, libraries
from patchfirst.dashboard.records import Handled, Shown

HERE = Path(__file__).parent
QUESTIONS = {
    "now": ("Fix now", "Known to be exploited: CISA lists them. The most urgent first."),
    "next": ("Next to be exploited", "Not known to be exploited yet. The most likely first: an estimate."),
}

PROGRAM = ("visit", "lists", "details", "plots", "start")
OF_THE_LIST = "known_exploited"
"""The part that every CVE of the first list has: no line needs to repeat it."""


def render_dashboard(shown: Shown) -> str:
    """One complete document. Only texts of ours are not escaped: the style, the scripts and the JSON made safe."""
    found = document(shown)
    style, scripts = _text("page.css"), (libraries(), _script())
    return _template().render(
        policy=policy(style, *scripts),
        style=Markup(style),
        scripts=[Markup(script) for script in scripts],
        data=Markup(as_script(found)),
        name=visible_line(shown.customer),
        as_of=f"{shown.as_of:%A %d %B %Y, %H:%M} UTC",
        notes=[visible_line(note) for note in shown.notes],
        lists=[_list(shown, found, question) for question in QUESTIONS],
        handled=[_handled(one) for one in shown.handled],
        weeks=[_week(*week) for week in found["weeks"]],
        sources=shown.credits,
    )


def policy(style: str, *scripts: str) -> str:
    """Nothing but this style and these scripts runs or loads; data: is for the icon, without which one is asked for."""
    hashes = " ".join(_hash(script) for script in scripts)
    rules = f"default-src 'none'; script-src {hashes}; style-src {_hash(style)}; img-src data:"
    return f"{rules}; base-uri 'none'; form-action 'none'"


@cache
def _hash(text: str) -> str:
    """Kept: it is asked of the same three texts for each page, and one of them is large."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _list(shown: Shown, found: JsonObject, question: str) -> JsonObject:
    title, about = QUESTIONS[question]
    lines = [_line(line, shown.as_of) for line in found["lines"] if line["question"] == question]
    of_list = next((line.of_list for line in shown.lines if line.question == question), 0)
    left_out = f"{of_list - len(lines):,} more, less urgent, left out here." if of_list > len(lines) else ""
    return {"id": question, "title": title, "about": about, "lines": lines, "left_out": left_out, "of_list": of_list}


def _line(line: JsonObject, as_of: datetime) -> JsonObject:
    telling = [reason for reason in line["reasons"] if reason[0] and reason[4] != OF_THE_LIST]
    telling.sort(key=lambda reason: -reason[0])
    epss = line["epss"][-1][-1] / 100_000 if line["epss"] else None
    return {
        **line,
        "epss_now": epss,
        "epss_text": "unknown" if epss is None else f"{epss:.1%}",
        "why": " · ".join([*([line["yours"]] if line["yours"] else []), *(reason[1] for reason in telling[:2])]),
        "due_text": _date_text(line["due"]),
        "is_overdue": bool(line["due"]) and line["due"] < f"{as_of:%Y-%m-%d}",
    }


def _handled(one: Handled) -> JsonObject:
    state = f"back on your lists: {one.back}" if one.back else "off your lists"
    said = visible_json({"cve": one.cve, "product": one.product, "by_whom": one.by_whom, "state": state})
    assert isinstance(said, dict)
    return {**said, "day": f"{one.at:%d %b %Y}"}


def _date_text(day: str | None) -> str:
    return f"{datetime.fromisoformat(day):%d %b %Y}" if day else ""


def _week(until: int, listed: int | None, above: int | None, version: str | None) -> JsonObject:
    return {"day": f"{UNIX + timedelta(days=until):%d %b %Y}", "listed": listed, "above": above, "version": version}


@cache
def _script() -> str:
    """Our own files as one program, whose names no other script sees."""
    program = "\n".join(_text(f"{name}.js") for name in PROGRAM)
    return inline(f'(() => {{\n"use strict";\n{program}}})();')


@cache
def _text(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(_text("page.html.j2"))
