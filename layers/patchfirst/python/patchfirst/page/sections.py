"""The content of a customer's page: fix now, next to be exploited, movers, handled, each line with its reasons."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from company.text.cleaning import visible_line
from company.text.wording import clipped, counted
from company.vertical import Facts, Row
from patchfirst.page.changes import FRESH, change_text, components_text, in_order, merged, name_of
from patchfirst.page.data_notes import as_of, credits_of, misses_something, moment_text, notes, nothing_new, title_of
from patchfirst.reasons import Reason

MOST_CHANGED = 20
"""Fresh entries, and movers, on a page."""
MOST_LISTED = 10
MOST_HANDLED = 3
MOST_REASONS = 3
LONGEST_NOTE = 60
ELSEWHERE = ("ransomware", "due_soon")
"""Parts whose facts a line has anyway."""
BACK = {
    "known_exploited": "back on your list: CISA has listed it since you handled it",
    "ransomware": "back on your list: ransomware campaigns use it since you handled it",
}


@dataclass(frozen=True)
class PageLine:
    """One CVE on a page. number: of 0 to 100, of the question of its list.

    facts: due date, ransomware, and the components of the customer's inventory that have it.
    """

    cve: str
    number: str
    name: str
    news: Sequence[str] = ()
    facts: Sequence[str] = ()
    reasons: Sequence[str] = ()
    handle: str = ""
    """The address at which it is marked as handled."""
    is_quiet: bool = False
    """Whether its news asks nothing of the reader."""

    @property
    def record(self) -> str:
        return record_of(self.cve)


@dataclass(frozen=True)
class PageSection:
    """about: what its number means. after: what is below the lines, such as where the rest is."""

    title: str
    about: str
    lines: Sequence[PageLine] = ()
    after: Sequence[str] = ()


@dataclass(frozen=True)
class Content:
    """All that a page says, whatever shows it."""

    subject: str
    heading: str
    notes: Sequence[str]
    sections: Sequence[PageSection]
    as_of: str
    dashboard: str = ""
    dashboard_until: str = ""
    changes: Sequence[Row] = ()
    credits: Sequence[str] = ()


@dataclass(frozen=True)
class PageReasons:
    """What the brain says of the CVEs of a page: the parts of each number, and which part moved which score."""

    reasons: Mapping[str, Sequence[Reason]] = field(default_factory=dict)
    moved_by: Mapping[str, str] = field(default_factory=dict)
    model_changes: Sequence[str] = ()
    """Why no move by EPSS is reported."""


def content_of(facts: Facts, because: PageReasons) -> Content:
    """A page of an important occasion has only what is fresh; nothing there waits for the morning."""
    changes = in_order(merged(facts.items))
    fresh, moved = _by_kind(changes)
    sections = [_fix_now(facts, fresh, because)]
    if not facts.is_important:
        sections += [_next(facts, because), _movers(facts, moved, because), *_handled(facts)]
    since, name = moment_text(facts.since, facts.until), visible_line(facts.customer["name"])
    return Content(
        subject=_subject(facts, changes),
        heading=f"PatchFirst for {name}, {facts.until:%a %d %B %Y %H:%M} UTC (since {since})",
        notes=[
            *notes(facts),
            *(f"Note: {says}." for says in because.model_changes),
            *([] if changes else [nothing_new(facts, since)]),
        ],
        sections=sections,
        as_of=as_of(facts),
        dashboard=facts.dashboard.address if facts.dashboard else "",
        dashboard_until=f"{facts.dashboard.ends_at:%d %B %Y %H:%M}Z" if facts.dashboard else "",
        changes=changes,
        credits=credits_of(facts),
    )


def shown_cves(facts: Facts) -> list[str]:
    """Those of which a page says the reasons."""
    fresh, moved = _by_kind(in_order(merged(facts.items)))
    groups = [*fresh[:MOST_CHANGED], *moved[:MOST_CHANGED]]
    return list(dict.fromkeys([group[0]["cve"] for group in groups] + [row["cve"] for row in leading(facts)]))


def leading(facts: Facts, *questions: str) -> list[Row]:
    """What leads the customer's lists, as far as a page shows them; of all lists where none is named."""
    of_each = {
        question: [row for row in facts.top_of_list if row.get("question") == question][:MOST_LISTED]
        for question in questions or ("now", "next")
    }
    return [row for rows in of_each.values() for row in rows]


def record_of(cve: str) -> str:
    return f"https://www.cve.org/CVERecord?id={cve}"


def _by_kind(changes: Iterable[Row]) -> tuple[list[list[Row]], list[list[Row]]]:
    """The changes of each CVE: of those that are fresh, and of the others."""
    groups = [list(group) for _, group in groupby(changes, key=lambda change: change["cve"])]
    fresh = [group for group in groups if group[0]["what"] in FRESH]
    return fresh, [group for group in groups if group[0]["what"] not in FRESH]


def _subject(facts: Facts, changes: Sequence[Row]) -> str:
    stale = "".join(f" · {title_of(source)} stale" for source in facts.stale)
    stale += "".join(f" · {title_of(source)} behind" for source in facts.stuck)
    if not changes:
        nothing = "nothing new in what was read" if misses_something(facts) else "nothing new"
        return f"PatchFirst {facts.until:%a %d %b}: {nothing}{stale}"
    news = "now exploited" if facts.is_important else counted(len(changes), "change")
    return f"PatchFirst {facts.until:%a %d %b}: {news}, first {changes[0]['cve']}{stale}"


def _fix_now(facts: Facts, fresh: Sequence[Sequence[Row]], because: PageReasons) -> PageSection:
    """What is fresh leads; the rest of the list follows by its number."""
    about = "Known to be exploited: CISA lists them. What is new comes first."
    if facts.is_important:
        return PageSection("Fix now", about, _fresh(facts, fresh, because), _more(facts, len(fresh)))
    listed = [row for row in facts.top_of_list if row.get("question") == "now"]
    named = {group[0]["cve"] for group in fresh}
    rest = [row for row in listed if row["cve"] not in named][: max(0, MOST_LISTED - len(fresh))]
    lines = [*_fresh(facts, fresh, because), *(_line(facts, row, because) for row in rest)]
    of_list = max((row["of_list"] for row in listed), default=0)
    title = f"Fix now ({len(lines)} of {max(of_list, len(lines)):,})" if lines else "Fix now"
    return PageSection(title, about, lines, _more(facts, len(fresh)) if lines else _why_empty(facts, "now"))


def _fresh(facts: Facts, fresh: Sequence[Sequence[Row]], because: PageReasons) -> list[PageLine]:
    numbers = {row["cve"]: row for row in facts.top_of_list}
    return [
        _line(facts, {**group[0], "number": numbers.get(group[0]["cve"], {}).get("number")}, because, changes=group)
        for group in fresh[:MOST_CHANGED]
    ]


def _next(facts: Facts, because: PageReasons) -> PageSection:
    rows = leading(facts, "next")
    title = f"Next to be exploited ({len(rows)} of {rows[0]['of_list']:,})" if rows else "Next to be exploited"
    about = "Not known to be exploited yet. The number is an estimate; the most likely first."
    return PageSection(
        title, about, [_line(facts, row, because) for row in rows], () if rows else _why_empty(facts, "next")
    )


def _movers(facts: Facts, moved: Sequence[Sequence[Row]], because: PageReasons) -> PageSection:
    """What changed of all others, up or down, each with the part that moved it."""
    lines = [_mover(group, because) for group in moved[:MOST_CHANGED]]
    return PageSection(
        "Movers", "What else changed, with the cause.", lines, _more(facts, len(moved)) if lines else ("None.",)
    )


def _mover(group: Sequence[Row], because: PageReasons) -> PageLine:
    cause = because.moved_by.get(group[0]["cve"]) if any(row["what"] == "score_moved" for row in group) else None
    news = [change_text(change) for change in group]
    return PageLine(
        group[0]["cve"],
        _number(group[0]["score"]),
        _marked(group[0]),
        news,
        facts=_yours(group[0]),
        reasons=[cause] if cause else [],
    )


def _handled(facts: Facts) -> list[PageSection]:
    """What is off the lists; nothing where nothing is."""
    away = [row for row in facts.handled if row["back_because"] is None]
    if not away:
        return []
    after = [f"... and {counted(len(away) - MOST_HANDLED, 'more CVE')}."] if len(away) > MOST_HANDLED else []
    about = "Off your lists until CISA lists it anew or ransomware uses it."
    return [PageSection(f"Handled ({len(away):,})", about, [_away(row) for row in away[:MOST_HANDLED]], after)]


def _away(row: Row) -> PageLine:
    who = "you" if row["by_whom"] == "customer" else "us for you"
    note = visible_line(row["note"])
    news = [f"handled by {who} on {row['at']:%d %B}", *([f"note: {clipped(note, LONGEST_NOTE)}"] if note else [])]
    return PageLine(row["cve"], _number(row["score"]), name_of(row), news, is_quiet=True)


def _line(facts: Facts, row: Row, because: PageReasons, *, changes: Sequence[Row] = ()) -> PageLine:
    number = row["score"] if row.get("number") is None else row["number"]
    cve, news = row["cve"], [change_text(change) for change in changes]
    back = {handled["cve"]: BACK[handled["back_because"]] for handled in facts.handled if handled["back_because"]}
    return PageLine(
        cve=cve,
        number=_number(number),
        name=_marked(row),
        news=[*news, *([back[cve]] if cve in back else [])],
        facts=[
            *_facts(row, facts.until.date(), is_due_said=any(row["what"] == "known_exploited" for row in changes)),
            *_yours(row),
        ],
        reasons=reasons_shown(because.reasons.get(cve, ())),
        handle=facts.handle_address(cve) if facts.handle_address else "",
    )


def reasons_shown(reasons: Sequence[Reason]) -> list[str]:
    """Those that bring the most points, the most first."""
    bring = [reason for reason in reasons if reason.points > 0 and reason.is_known and reason.part not in ELSEWHERE]
    most = sorted(bring, key=lambda reason: (reason.question != "now", -reason.points))
    return [reason.says for reason in most[:MOST_REASONS]]


def _facts(row: Row, today: date, *, is_due_said: bool) -> list[str]:
    """Of what CISA lists: the due date, and whether ransomware uses it."""
    if row.get("question") == "next":
        return []
    ransomware = {True: "ransomware uses it", False: "no ransomware known", None: "ransomware: nobody says"}
    return [*([] if is_due_said else [_due(row["due_date"], today)]), ransomware[row["ransomware"]]]


def _yours(row: Row) -> list[str]:
    yours = components_text(row.get("components", ()))
    return [yours] if yours else []


def _due(due: date | None, today: date) -> str:
    if not isinstance(due, date):
        return f"due {due}" if due else "no due date"
    left = (due - today).days
    if left < 0:
        return f"was due {due}, {counted(-left, 'day')} ago"
    return f"due {due}, {'in ' + counted(left, 'day') if left else 'today'}"


def _marked(row: Row) -> str:
    return name_of(row) + (" (its CVE record is rejected)" if row.get("state") == "REJECTED" else "")


def _number(number: object) -> str:
    return "-" if number is None else str(number)


def _more(facts: Facts, found: int) -> list[str]:
    if found <= MOST_CHANGED:
        return []
    is_file = facts.customer["kind"] == "feed"
    where = "all are among the items of this file" if is_file else "all are in the attached changes.json"
    return [f"... and {counted(found - MOST_CHANGED, 'more CVE')}: {where}"]


def _why_empty(facts: Facts, question: str) -> list[str]:
    """A customer whose list is empty reads which of its choices made it so."""
    given = facts.customer.get("filters")
    filters = given if isinstance(given, dict) else {}
    chosen = any(filters.get(key) for key in ("vendors", "products", "keywords"))
    what = "of what you chose" if chosen else "of what was read"
    why = [f"Nothing {what} is on CISA's list." if question == "now" else f"Nothing {what} is on this list."]
    if question == "next" and filters.get("min_score"):
        why.append(f"You chose a score of {filters['min_score']} or more (min_score); below it nothing is shown.")
    if facts.unmatched:
        names = ", ".join(visible_line(f"{row['kind']} {row['written']}") for row in facts.unmatched[:5])
        why.append(f"Nothing that was ever read has these names of yours: {names}.")
    if any(row["back_because"] is None for row in facts.handled):
        why.append("What you marked as handled is left out.")
    return why
