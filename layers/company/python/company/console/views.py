"""The console's own pages; every word that comes from elsewhere is escaped."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from company.pages.style import opening
from company.wording import moment_text

Row = Mapping[str, Any]
ROOMS = (("/", "Waiting"), ("/brief", "Brief"), ("/org", "Company"), ("/slots", "Schedules"))
LEAVE = '<form method="post" action="/logout"><button>Leave</button></form>'
LINKS = " ".join(f'<a href="{path}">{name}</a>' for path, name in ROOMS)
NAV = f"<nav>{LINKS} {LEAVE}</nav>"


def with_nav(document: str) -> str:
    """A page that the house wrote elsewhere, with the way to the others at its head."""
    return document.replace("<body>", f"<body>\n{NAV}", 1)


def page(title: str, *parts: str, inside: bool = False) -> str:
    """A whole document; parts are HTML already."""
    body = "\n".join((NAV if inside else "", "<main>", f"<h1>{escape(title)}</h1>", *parts, "</main>"))
    return f"{opening(escape(title))}\n{body}\n</body>\n</html>\n"


def said(title: str, words: str) -> str:
    """One sentence, for whoever comes to the wrong place or too late."""
    return page(title, f"<p>{escape(words)}</p>")


def door(title: str, *, was_wrong: bool = False) -> str:
    """The form that asks for the key."""
    wrong = '<p class="banner">That is not the key.</p>' if was_wrong else ""
    return page(
        title,
        wrong,
        '<form method="post" action="/login"><p><label>Key of the console '
        '<input type="password" name="key" autocomplete="current-password" required></label></p>'
        "<p><button>Open</button></p></form>",
    )


def waiting(title: str, decisions: Iterable[Row], now: datetime, zone: ZoneInfo) -> str:
    """What waits for the owner; each question opens by a button, because opening it makes a link to it."""
    told = [_waiting(row, now, zone) for row in decisions]
    return page(f"{title}: {len(told)} waiting for you", *(told or ["<p>Nothing waits for you.</p>"]), inside=True)


def _waiting(row: Row, now: datetime, zone: ZoneInfo) -> str:
    return (
        f"<section>\n<h2>D-{row['id']} {escape(row['question'])}</h2>"
        f"{_frame(row, now, zone)}"
        f'<form method="post" action="/decisions/{row["id"]}/open"><button>Answer</button></form>\n</section>'
    )


def question(row: Row, path: str, now: datetime, zone: ZoneInfo, wrong: str = "", waiting: Iterable[Row] = ()) -> str:
    """One question with a button for each option. Only the button's POST answers; reading this page does not.

    waiting: what a yes lets go, word for word.
    """
    names = sorted(row["options"], key=lambda name: bool(name != row["recommendation"]))
    unknown = [f"<p>Not known: {escape(row['unknown'])}</p>"] if row["unknown"] else []
    return page(
        f"D-{row['id']} {row['question']}",
        *([f'<p class="banner">{escape(wrong)}</p>'] if wrong else []),
        f"<p>{escape(row['background'])}</p>",
        *unknown,
        _frame(row, now, zone),
        f'<form method="post" action="{escape(path)}">',
        *(_option(name, row) for name in names),
        '<p><label>In your own words, alone or with a button<br><textarea name="words" rows="3" maxlength="2000">'
        '</textarea></label></p>\n<p><button name="option" value="">Answer in words</button></p>\n</form>',
        *(_in_full(act) for act in waiting),
    )


def _in_full(act: Row) -> str:
    head = f"{act['to_whom']}: {act['subject']}"
    return f"<details><summary>{escape(head)}</summary><pre>{escape(act['body'] or '')}</pre></details>"


def _frame(row: Row, now: datetime, zone: ZoneInfo) -> str:
    """Who asks, by when, and what silence does."""
    by = escape(moment_text(row["answer_by"], now, zone))
    silence = escape(row["default_option"])
    return f'<p class="aside">{escape(row["asked_by"])} asks; answer by {by}; if you say nothing: {silence}.</p>'


def _option(name: str, row: Row) -> str:
    mark = " (recommended)" if name == row["recommendation"] else ""
    return (
        f'<p><button name="option" value="{escape(name)}">{escape(name)}</button>{mark}: '
        f"{escape(str(row['options'][name]))}</p>"
    )


def answered(row: Row, *, was_woken: bool) -> str:
    """What was recorded, and when its asker hears of it."""
    words = " ".join(filter(None, (row["answer"], row["answer_text"] and f'"{row["answer_text"]}"')))
    when = "was woken and reads it now" if was_woken else "reads it at its next fire"
    return said(f"D-{row['id']} is answered", f"{row['question']} {words}. {row['asked_by']} {when}.")
