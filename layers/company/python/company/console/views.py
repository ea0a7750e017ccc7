"""The console's own pages; all text that comes from elsewhere is escaped."""

from collections.abc import Iterable
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from company.brief.rows import OpenDecision
from company.console.rows import WaitingEntry
from company.owner.decisions import Decision, OwnersQuestion
from company.pages.style import opening
from company.text.wording import moment_text

PAGES = (("/", "Waiting"), ("/brief", "Brief"), ("/org", "Company"), ("/slots", "Schedules"))
LOGOUT = '<form method="post" action="/logout"><button>Log out</button></form>'
LINKS = " ".join(f'<a href="{path}">{name}</a>' for path, name in PAGES)
NAV = f"<nav>{LINKS} {LOGOUT}</nav>"


def with_nav(document: str) -> str:
    """A page of another module, with the links to the other pages at its head."""
    return document.replace("<body>", f"<body>\n{NAV}", 1)


def page(title: str, *parts: str, inside: bool = False) -> str:
    """A whole document; parts are HTML already."""
    body = "\n".join((NAV if inside else "", "<main>", f"<h1>{escape(title)}</h1>", *parts, "</main>"))
    return f"{opening(escape(title))}\n{body}\n</body>\n</html>\n"


def message(title: str, text: str) -> str:
    """A page with one sentence, for a wrong address or a link whose time is over."""
    return page(title, f"<p>{escape(text)}</p>")


def login(title: str, *, was_wrong: bool = False) -> str:
    """The form that asks for the key."""
    wrong = '<p class="banner">That is not the key.</p>' if was_wrong else ""
    return page(
        title,
        wrong,
        '<form method="post" action="/login"><p><label>Key of the console '
        '<input type="password" name="key" autocomplete="current-password" required></label></p>'
        "<p><button>Open</button></p></form>",
    )


def waiting(title: str, decisions: Iterable[OpenDecision], now: datetime, zone: ZoneInfo) -> str:
    """What waits for the owner; each question opens with a button, because opening it makes a link to it."""
    parts = [_waiting(row, now, zone) for row in decisions]
    return page(f"{title}: {len(parts)} waiting for you", *(parts or ["<p>Nothing waits for you.</p>"]), inside=True)


def _waiting(row: OpenDecision, now: datetime, zone: ZoneInfo) -> str:
    return (
        f"<section>\n<h2>D-{row.id} {escape(row.question)}</h2>"
        f"{_frame(row, now, zone)}"
        f'<form method="post" action="/decisions/{row.id}/open"><button>Answer</button></form>\n</section>'
    )


def question(
    row: Decision,
    path: str,
    now: datetime,
    zone: ZoneInfo,
    wrong: str = "",
    entries: Iterable[WaitingEntry] = (),
) -> str:
    """One question with a button for each option. Only the POST of a button answers; reading this page does not.

    entries: what a yes sends, in full.
    """
    unknown = [f"<p>Not known: {escape(row.unknown)}</p>"] if row.unknown else []
    return page(
        f"D-{row.id} {row.question}",
        *([f'<p class="banner">{escape(wrong)}</p>'] if wrong else []),
        f"<p>{escape(row.background)}</p>",
        *unknown,
        _frame(row, now, zone),
        f'<form method="post" action="{escape(path)}">',
        *(_option(name, row) for name in row.options_recommended_first()),
        '<p><label>In your own words, alone or with a button<br><textarea name="words" rows="3" maxlength="2000">'
        '</textarea></label></p>\n<p><button name="option" value="">Answer in words</button></p>\n</form>',
        *map(_in_full, entries),
    )


def _in_full(entry: WaitingEntry) -> str:
    head = f"{entry.to_whom}: {entry.subject}"
    return f"<details><summary>{escape(head)}</summary><pre>{escape(entry.body or '')}</pre></details>"


def _frame(row: OwnersQuestion, now: datetime, zone: ZoneInfo) -> str:
    """Who asks, by when, and what silence does."""
    by = escape(moment_text(row.answer_by, now, zone))
    silence = escape(row.default_option)
    return f'<p class="aside">{escape(row.asked_by)} asks; answer by {by}; if you say nothing: {silence}.</p>'


def _option(name: str, row: Decision) -> str:
    mark = " (recommended)" if name == row.recommendation else ""
    return (
        f'<p><button name="option" value="{escape(name)}">{escape(name)}</button>{mark}: '
        f"{escape(str(row.options[name]))}</p>"
    )


def answered(row: Decision, *, was_woken: bool) -> str:
    """What was recorded, and when the role that asked reads it."""
    answer = " ".join(filter(None, (row.answer, row.answer_text and f'"{row.answer_text}"')))
    when = "was woken and reads it now" if was_woken else "reads it at its next fire"
    return message(f"D-{row.id} is answered", f"{row.question} {answer}. {row.asked_by} {when}.")
