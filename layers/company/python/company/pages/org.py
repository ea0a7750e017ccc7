"""Who answers for what: orphans first, then who is in trouble, the tree, and who watches the watchers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from company.brain import Brain
from company.pages.orphans import org_checks
from company.pages.rhythm import spoken
from company.plain import plain
from company.wording import time_of_day

Row = Mapping[str, Any]
OUTCOMES = {"done": "ok", "skipped": "nothing to do", None: "running"}
FINE = ("done", "skipped", None)
"""None is a fire that is still at work."""
COLUMNS = ("kind", "schedule", "last fire", "state", "watcher", "last evidence")
"""Beside the name; a narrow page leaves out the last ones."""


@dataclass(frozen=True)
class Org:
    """The company as it is drawn: rows of the brain, and what follows from them."""

    title: str
    zone: ZoneInfo
    desk: str
    facts: Row
    checks: Sequence[Row]
    differing: Sequence[Row]
    people: Sequence[Row]
    trouble: Sequence[Row]
    alarms: Sequence[Row]
    alerts: Sequence[Row]

    @cached_property
    def orphans(self) -> list[dict[str, Any]]:
        """What the checks caught: check, subject, detail, and owner: who must see to it."""
        return [{"check": row["check_name"], **caught} for row in self.checks for caught in row["caught"]]

    def under(self, role: str) -> list[Row]:
        """Who reports to this role: employees first, machines last."""
        people = [row for row in self.people if row["reports_to"] == role]
        return sorted(people, key=lambda row: (row["kind"] == "machine", row["kind"] != "manager", row["role"]))

    def branch(self, role: str) -> list[Row]:
        """A role and everybody under it."""
        return [row for row in self.people if row["role"] == role] + [row for _, row in self.walk(role)]

    def is_all_fine(self, branch: Sequence[Row]) -> bool:
        """Whether a branch may stand in one line: all fired, all watched, nothing open and nothing unowned."""
        named = {row["subject"] for row in self.orphans} | {row["role"] for row in self.differing}
        return all(is_healthy(row) and row["role"] not in named for row in branch)

    def walk(self, role: str = "owner", depth: int = 0) -> Iterator[tuple[int, Row]]:
        """Everybody under a role, each after their manager."""
        for row in self.under(role):
            yield depth, row
            yield from self.walk(row["role"], depth + 1)


def gather(brain: Brain, *, title: str, zone: ZoneInfo, desk: str = "") -> Org:
    """The company as the brain knows it now."""
    facts = brain.one("org_facts")
    assert facts is not None, "org_facts is one row"
    return Org(
        title=title,
        zone=zone,
        desk=desk,
        facts=facts,
        checks=org_checks(brain),
        differing=brain.all("differing_schedules"),
        people=brain.all("org_people"),
        trouble=brain.all("open_trouble"),
        alarms=brain.all("last_alarm_tests"),
        alerts=brain.all("alerts_on_the_way"),
    )


def as_json(org: Org) -> dict[str, Any]:
    """For another tool."""
    return {
        "tree": _branch(org, "owner"),
        "orphans": org.orphans,
        "checks": len(org.checks),
        "schedules": [plain(row) for row in org.people if row["schedule_expression"] or row["deployed_expression"]],
        "differing": [plain(row) for row in org.differing],
        "trouble": [plain(row) for row in org.trouble],
        "alarms": [plain(row) for row in org.alarms],
        "alerts": [plain(row) for row in org.alerts],
    }


def cells(row: Row, zone: ZoneInfo) -> tuple[str, ...]:
    """One person's row, in the order of COLUMNS."""
    return (row["kind"], rhythm(row), last_fire(row, zone), state(row), row["watched_by"] or "-", evidence(row))


def state(row: Row) -> str:
    """A word, never only a colour: what a role is now."""
    if row["is_paused"]:
        return "paused by you"
    if row["deployed_state"] == "DISABLED":
        return "muted"
    open_about = ", ".join(f"F-{found['id']}" for found in row["findings"])
    if row["not_flowing"] and row["last_fired_at"] is not None:
        return f"fires, not flowing{f' ({open_about})' if open_about else ''}"
    if open_about:
        return f"see {open_about}"
    if row["kind"] == "machine":
        return "-"
    if row["worked_by"] is None:
        return "never fired"
    return "by the book" if row["worked_by"] == "book" else "thinking"


def is_healthy(row: Row) -> bool:
    """Nothing about this role needs a look: it fired and came through, it is watched, and nothing is open about it."""
    is_in_order = not (row["is_paused"] or row["deployed_state"] == "DISABLED" or row["findings"] or row["not_flowing"])
    if row["schedule_expression"] is None:
        return is_in_order
    has_fired = row["last_fired_at"] is not None and row["last_outcome"] in FINE
    return is_in_order and has_fired and row["watched_by"] is not None


def last_fire(row: Row, zone: ZoneInfo) -> str:
    """06:15 ok; a dash for who never fired."""
    if row["last_fired_at"] is None:
        return "-"
    return f"{time_of_day(row['last_fired_at'], zone)} {OUTCOMES.get(row['last_outcome'], row['last_outcome'])}"


def rhythm(row: Row) -> str:
    """As deployed; as published where nothing is deployed."""
    if row["deployed_state"] == "DISABLED":
        return "MUTED"
    return spoken(row["deployed_expression"] or row["schedule_expression"])


def evidence(row: Row, most: int = 3) -> str:
    """What the last work showed, in its own numbers: the first few that are not zero."""
    shown = row["last_evidence"] or {}
    telling = {name: value for name, value in shown.items() if value not in (0, "", None)} or shown
    return ", ".join(f"{value} {name.replace('_', ' ')}" for name, value in list(telling.items())[:most])


def _branch(org: Org, role: str) -> dict[str, Any]:
    row = next((row for row in org.people if row["role"] == role), None)
    about = (
        {}
        if row is None
        else {"kind": row["kind"], "state": state(row), "watcher": row["watched_by"], "rhythm": rhythm(row)}
    )
    return {"role": role, **about, "people": [_branch(org, under["role"]) for under in org.under(role)]}
