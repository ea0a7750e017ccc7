"""CUSTOMERS: who was served, when, and with what; n of n, never just a cheerful word."""

from company.brief.depth import Depth
from company.brief.facts import Facts, Row
from company.brief.page import Section, Table
from company.wording import clipped, counted, day_and_time, time_of_day

TITLE = "CUSTOMERS"
SUBJECT_WIDTH = 66


def customers_section(facts: Facts, depth: Depth) -> Section:
    """A row for each customer; one line where there is nobody, or nothing was written for anybody."""
    if not facts.to_serve:
        paused = f"; {len(facts.customers)} paused" if facts.customers else ""
        return Section(TITLE, lines=(f"nobody to serve yet{paused}",))
    if not any(row["deliveries"] for row in facts.to_serve):
        since = day_and_time(facts.since, facts.zone)
        return Section(
            TITLE, lines=(f"0 of {len(facts.to_serve)} served: nothing was written since {since}{_closed(facts)}",)
        )
    if len(facts.served) == len(facts.to_serve) and not any(
        row["items"] + row["refused"] + row["waiting"] + row["bounced"] for row in facts.to_serve
    ):
        return Section(TITLE, lines=(f"{_remark(facts)}; 0 changes for any of them",))
    rows = tuple(
        (row["name"], counted(row["items"], "change"), _said(row, facts)) for row in facts.to_serve[: depth.entries * 2]
    )
    more = len(facts.to_serve) - len(rows)
    notes = (f"and {counted(more, 'customer')} more",) if more else ()
    return Section(TITLE, _remark(facts), table=Table(("", "", ""), rows), notes=notes)


def _remark(facts: Facts) -> str:
    refused = sum(row["refused"] for row in facts.to_serve)
    waiting = sum(row["waiting"] for row in facts.to_serve)
    held = f"; {waiting} waiting{_closed(facts)}" if waiting else ""
    return f"{len(facts.served)} of {len(facts.to_serve)} served{_when(facts)}; {refused} refused{_mail(facts)}{held}"


def _mail(facts: Facts) -> str:
    """What the other side's mail servers said of what left: SES taking a mail is not a mailbox having it."""
    mails, accepted, bounced, complained = (
        sum(row[key] for row in facts.to_serve) for key in ("mails", "accepted", "bounced", "complained")
    )
    if not mails:
        return ""
    spam = f", {complained} called spam" if complained else ""
    unknown = mails - accepted - bounced
    silent = f", {unknown} not known yet" if unknown else ""
    return f"; mail servers accepted {accepted} of {mails}, {bounced} bounced{spam}{silent}"


def _when(facts: Facts) -> str:
    last = [row["last_at"] for row in facts.served]
    if not last:
        return ""
    start, end = min(last), max(last)
    began, ended = time_of_day(start, facts.zone), time_of_day(end, facts.zone)
    return f" at {began}" if start == end else f", {began} to {ended}"


def _closed(facts: Facts) -> str:
    stands = facts.frame["not_open"].get("deliver")
    return f"; deliver stands at {stands}" if stands else ""


def _said(row: Row, facts: Facts) -> str:
    """The last delivery's own subject, and how many there were; the company's name stands above already."""
    if not row["deliveries"]:
        return "nothing written"
    state = "" if row["sent"] else _not_served(row)
    earlier = f"{row['deliveries']} deliveries, the last: " if row["deliveries"] > 1 else ""
    return clipped(f"{state}{earlier}{row['subject'].removeprefix(facts.origin.title + ' ')}", SUBJECT_WIDTH)


def _not_served(row: Row) -> str:
    """Why a customer for whom something was written got nothing."""
    if row["bounced"]:
        return "BOUNCED: "
    if row["refused"]:
        return "REFUSED: "
    return "waiting: " if row["waiting"] else "held back by you: "
