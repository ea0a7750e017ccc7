"""CUSTOMERS: who was served, when, and with what; always n of n."""

from collections.abc import Sequence

from company.brief.depth import Depth
from company.brief.facts import BriefFacts
from company.brief.page import Section, Table
from company.brief.rows import CustomerLine
from company.text.clauses import fitted
from company.text.wording import counted, time_near

TITLE = "CUSTOMERS"
SUBJECT_WIDTH = 76


def customers_section(facts: BriefFacts, depth: Depth) -> Section:
    """A row for each customer; one line where there is no customer, nothing was written, or nothing changed."""
    if not facts.to_serve:
        paused = f"; {len(facts.customers)} paused" if facts.customers else ""
        return Section(TITLE, lines=(f"nobody to serve yet{paused}",))
    if not any(row.deliveries for row in facts.to_serve):
        since = facts.when(facts.since)
        served = f"0 of {len(facts.to_serve)} served: nothing was written since {since}{_level(facts)}{_wait(facts)}"
        return Section(TITLE, lines=(served,))
    if len(facts.served) == len(facts.to_serve) and not any(map(_is_news, facts.to_serve)):
        return Section(TITLE, lines=(f"{_remark(facts)}; 0 changes for any of them",))
    rows = tuple(_row(row, facts) for row in facts.to_serve[: depth.entries * 2])
    more = len(facts.to_serve) - len(rows)
    notes = [*([f"and {counted(more, 'customer')} more"] if more else []), *correction_lines(facts.to_serve)]
    return Section(TITLE, _remark(facts), table=Table(("", "", ""), rows), notes=tuple(notes))


def correction_lines(rows: Sequence[CustomerLine]) -> list[str]:
    """That customers read that a page of theirs was wrong. What waits is among the questions."""
    sent = sum(row.corrections for row in rows)
    return [f"corrections of what was undone: {counted(sent, 'customer page')} sent"] if sent else []


def _is_news(row: CustomerLine) -> bool:
    return row.items + row.refused + row.in_doubt + row.waiting + row.bounced + row.corrections > 0


def _remark(facts: BriefFacts) -> str:
    refused = sum(row.refused for row in facts.to_serve)
    waiting = sum(row.waiting for row in facts.to_serve)
    doubts = sum(row.in_doubt for row in facts.to_serve)
    doubted = f", {doubts} in doubt (SES failed while it took it)" if doubts else ""
    held = f"; {waiting} waiting{_level(facts)}" if waiting else ""
    served = f"{len(facts.served)} of {len(facts.to_serve)} served{_when(facts)}{_wait(facts)}"
    return f"{served}; {refused} refused{doubted}{_mail(facts)}{held}"


def _mail(facts: BriefFacts) -> str:
    """What the receiving mail servers answered: a mail that SES accepted may still not arrive."""
    mails = sum(row.mails for row in facts.to_serve)
    if not mails:
        return ""
    accepted = sum(row.accepted for row in facts.to_serve)
    bounced = sum(row.bounced for row in facts.to_serve)
    complained = sum(row.complained for row in facts.to_serve)
    spam = f", {complained} called spam" if complained else ""
    unknown = mails - accepted - bounced
    unanswered = f", {unknown} not known yet" if unknown else ""
    return f"; mail servers accepted {accepted} of {mails}, {bounced} bounced{spam}{unanswered}"


def _when(facts: BriefFacts) -> str:
    """' at 06:35', ' Wed 18:35' where that was another day, ', Wed 23:50 to Thu 06:35'."""
    last = [row.last_at for row in facts.served if row.last_at is not None]
    if not last:
        return ""
    start, end = min(last), max(last)
    began, ended = time_near(start, facts.zone, facts.until), time_near(end, facts.zone, start)
    if start == end:
        return f" at {began}" if began == ended else f" {began}"
    return f", {began} to {ended}"


def _level(facts: BriefFacts) -> str:
    """The approval level of deliver, where it is not open."""
    level = facts.frame.not_open.get("deliver")
    return f"; approval of deliver: {level}" if level else ""


def _wait(facts: BriefFacts) -> str:
    """Why somebody was not served yet, where the daily pages wait."""
    waits = facts.frame.awaits_scores and len(facts.served) < len(facts.to_serve)
    return "; daily pages wait for the scores to follow an undoing" if waits else ""


def _row(row: CustomerLine, facts: BriefFacts) -> tuple[str, ...]:
    return (row.name, counted(row.items, "change"), _last_delivery(row, facts))


def _last_delivery(row: CustomerLine, facts: BriefFacts) -> str:
    """The subject of the last delivery without the company's name, and how many deliveries there were."""
    if not row.deliveries:
        return "nothing written"
    state = "" if row.sent else _not_served(row)
    earlier = f"{counted(row.deliveries, 'delivery', 'deliveries')}, the last: " if row.deliveries > 1 else ""
    subject = (row.subject or "").removeprefix(f"{facts.origin.title} ")
    return fitted(f"{state}{earlier}{subject}", SUBJECT_WIDTH)


def _not_served(row: CustomerLine) -> str:
    """Why a customer for whom something was written got nothing."""
    if row.bounced:
        return "BOUNCED: "
    if row.refused:
        return "REFUSED: "
    if row.in_doubt:
        return "IN DOUBT: "
    return "waiting: " if row.waiting else "held back by you: "
