"""What a role's page says in plain text, beside its own record: whom and what it names, and how often it fires."""

import re
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from company.records import Record
from company.watch.expressions import Expression

NAME_OF_A_ROLE = re.compile(r"\b(?:[a-z]+_(?:manager|worker|auditor)|scrape_[a-z]+)\b")
WORD = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
QUOTED = re.compile(r"\"[^\"]*\"|`[^`]*`|<[^>]*>")
"""Keys and values of payloads and of answers: no names of tools."""
EXPRESSION = re.compile(r"\b(?:cron|rate)\([^)]*\)")
RHYTHM = re.compile(r"\bfires (?:(once|twice) an? |every |each )(hour|day|night|week)\b")
A_WEEK = timedelta(days=7)
PER_WEEK = {"hour": 7 * 24, "day": 7, "night": 7, "week": 1}


def names_gone(page: str, here: Collection[str]) -> list[str]:
    """The roles that a page names and that are not here."""
    return sorted(set(NAME_OF_A_ROLE.findall(page)) - set(here))


def tools_not_listed(record: Record, known: Collection[str]) -> list[str]:
    """The tools of others that a page names and its own record does not list."""
    return sorted(set(WORD.findall(record.text)) & set(known) - set(record.tools))


def unknown_tools(record: Record, known: Collection[str]) -> list[str]:
    """What an employee's page writes as tools are written, and no tool, no role and no kind of finding is called."""
    if not record.is_employee:
        return []
    return sorted(set(WORD.findall(QUOTED.sub(" ", record.text))) - set(known))


def false_rhythms(record: Record, now: datetime) -> list[str]:
    """What a page says about when its role fires, and its record says otherwise."""
    return [*_expressions(record), *_rhythms(record, now)]


def _expressions(record: Record) -> Iterator[str]:
    yield from sorted(set(EXPRESSION.findall(record.text)) - {record.schedule or ""})


def _rhythms(record: Record, now: datetime) -> Iterator[str]:
    said = RHYTHM.findall(record.text)
    if not said or record.schedule is None or not record.schedule.startswith("cron"):
        return
    fires = len(Expression.parse(record.schedule, record.timezone, None, None).between(now, now + A_WEEK))
    for times, unit in said:
        if PER_WEEK[unit] * (2 if times == "twice" else 1) != fires:
            yield f"{times or 'each'} {unit}"
