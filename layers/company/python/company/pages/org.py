"""Who is responsible for what: orphans, what needs a look, the tree, and who watches the watchers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from company.brain import Brain
from company.json_values import JsonObject, json_ready
from company.owner.alert_wording import AlertFacts, subject_of
from company.pages.responsibility import DifferingSchedule, Orphan, OrphanCheck, all_orphans
from company.pages.rhythm import describe_expression
from company.text.wording import time_near

OUTCOMES = {"done": "ok", "skipped": "nothing to do", None: "running"}
FINE = ("done", "skipped", None)
"""None is a fire that is still running."""
COLUMNS = ("kind", "schedule", "last fire", "state", "watcher", "last evidence")
"""Beside the name; a narrow page leaves out the last ones."""


@dataclass(frozen=True)
class OrgFacts:
    """The clock of the page, the last beat, and how many schedules are published and deployed."""

    now: datetime
    is_simulated: bool
    last_beat_at: datetime | None
    left_out: Sequence[str] | None
    """What the last beat did not do."""
    beats: int
    owner_answered_at: datetime | None
    published_at: datetime | None
    deployed_at: datetime | None
    deployed: int
    published: int
    company_is: str


@dataclass(frozen=True)
class Person:
    """An employee or a machine: its record, its deployed schedule, its last fire, and what is open about it."""

    role: str
    kind: str
    description: str
    reports_to: str | None
    watched_by: str | None
    schedule_expression: str | None
    schedule_timezone: str | None
    is_paused: bool
    modes: Sequence[str]
    published_at: datetime | None
    deployed_expression: str | None
    deployed_state: str | None
    modified_at: datetime | None
    session_id: int | None
    last_fired_at: datetime | None
    last_outcome: str | None
    worked_by: str | None
    last_evidence: JsonObject | None
    last_worked_at: datetime | None
    next_due_at: datetime | None
    findings: Sequence[JsonObject]
    """The open findings about it: id and kind."""
    not_flowing: Sequence[str]
    """The stages of pipelines that it works and that do not flow."""


@dataclass(frozen=True)
class OrgFinding:
    """An open finding that is no orphan."""

    id: int
    kind: str
    subject: str
    title: str
    watcher: str
    found_at: datetime
    answered_by: str | None
    planted: bool
    decision_id: int | None


@dataclass(frozen=True)
class AlarmTest:
    """The last test of an alarm that does not depend on EventBridge."""

    alarm: str
    tested_at: datetime
    tested_by: str
    is_ok: bool
    result: str


@dataclass(frozen=True)
class UnsentAlert(AlertFacts):
    """An alert to the owner that is not sent yet."""

    raised_at: datetime
    not_before: datetime


@dataclass(frozen=True)
class Org:
    """The company as the page draws it: rows of the brain, and what follows from them."""

    title: str
    zone: ZoneInfo
    desk: str
    facts: OrgFacts
    checks: Sequence[OrphanCheck]
    differing: Sequence[DifferingSchedule]
    people: Sequence[Person]
    trouble: Sequence[OrgFinding]
    alarms: Sequence[AlarmTest]
    alerts: Sequence[UnsentAlert]

    @cached_property
    def orphans(self) -> list[Orphan]:
        """What the checks caught, and who must see to it."""
        return all_orphans(self.checks)

    @cached_property
    def _people_of(self) -> Mapping[str | None, Sequence[Person]]:
        """Everybody by whom they report to: managers first, machines last."""
        found: dict[str | None, list[Person]] = {}
        for person in sorted(self.people, key=lambda one: (one.kind == "machine", one.kind != "manager", one.role)):
            found.setdefault(person.reports_to, []).append(person)
        return found

    def under(self, role: str) -> Sequence[Person]:
        """Who reports to this role: managers first, machines last."""
        return self._people_of.get(role, ())

    def branch(self, role: str) -> list[Person]:
        """A role and everybody under it."""
        head = [person for person in self.people if person.role == role]
        return head + [person for _, person in self.walk(role)]

    def is_all_fine(self, branch: Sequence[Person]) -> bool:
        """Whether one line is enough for a branch: all fired, all watched, no open finding and no orphan."""
        return all(is_healthy(person) and person.role not in self._named for person in branch)

    @cached_property
    def _named(self) -> set[str]:
        """Whom a check caught, or whose schedule differs."""
        return {orphan.subject for orphan in self.orphans} | {row.role for row in self.differing}

    def walk(self, role: str = "owner", depth: int = 0) -> Iterator[tuple[int, Person]]:
        """Everybody under a role, each after their manager."""
        for person in self.under(role):
            yield depth, person
            yield from self.walk(person.role, depth + 1)


def gather(brain: Brain, *, title: str, zone: ZoneInfo, desk: str = "") -> Org:
    """The company as the brain knows it now."""
    facts = brain.row(OrgFacts, "org_facts")
    assert facts is not None, "org_facts is one row"
    return Org(
        title=title,
        zone=zone,
        desk=desk,
        facts=facts,
        checks=brain.rows(OrphanCheck, "orphans"),
        differing=brain.rows(DifferingSchedule, "differing_schedules"),
        people=brain.rows(Person, "org_people"),
        trouble=brain.rows(OrgFinding, "open_trouble"),
        alarms=brain.rows(AlarmTest, "last_alarm_tests"),
        alerts=brain.rows(UnsentAlert, "alerts_on_the_way"),
    )


def as_json(org: Org) -> JsonObject:
    """The page's rows for another tool."""
    scheduled = [person for person in org.people if person.schedule_expression or person.deployed_expression]
    return {
        "tree": _branch(org, "owner"),
        "orphans": json_ready(org.orphans),
        "checks": len(org.checks),
        "schedules": json_ready(scheduled),
        "differing": json_ready(org.differing),
        "trouble": json_ready(org.trouble),
        "alarms": json_ready(org.alarms),
        "alerts": [_alert(alert) for alert in org.alerts],
    }


def cells(person: Person, org: Org) -> tuple[str, ...]:
    """One person's row, in the order of COLUMNS."""
    return (
        person.kind,
        rhythm(person),
        last_fire(person, org),
        state(person),
        person.watched_by or "-",
        describe_evidence(person.last_evidence),
    )


def state(person: Person) -> str:
    """The state of a role in text, so that it never depends on a colour."""
    if person.is_paused:
        return "paused by you"
    if person.deployed_state == "DISABLED":
        return "muted"
    open_about = ", ".join(f"F-{found['id']}" for found in person.findings)
    if person.not_flowing and person.last_fired_at is not None:
        return f"fires, not flowing{f' ({open_about})' if open_about else ''}"
    if open_about:
        return f"see {open_about}"
    if person.kind == "machine":
        return "-"
    if person.worked_by is None:
        return "never fired"
    return "by the book" if person.worked_by == "book" else "by the model"


def is_healthy(person: Person) -> bool:
    """Whether a role needs no look: its last fire ended well, it is watched, and nothing is open about it."""
    is_off = person.is_paused or person.deployed_state == "DISABLED"
    is_in_order = not (is_off or person.findings or person.not_flowing)
    if person.schedule_expression is None:
        return is_in_order
    has_fired = person.last_fired_at is not None and person.last_outcome in FINE
    return is_in_order and has_fired and person.watched_by is not None


def last_fire(person: Person, org: Org) -> str:
    """06:15 ok, of another day Wed 06:15 ok; a dash for a role that never fired."""
    if person.last_fired_at is None:
        return "-"
    fired = time_near(person.last_fired_at, org.zone, org.facts.now)
    return f"{fired} {OUTCOMES.get(person.last_outcome, person.last_outcome)}"


def rhythm(person: Person) -> str:
    """The schedule as deployed; as published where nothing is deployed."""
    if person.deployed_state == "DISABLED":
        return "MUTED"
    return describe_expression(person.deployed_expression or person.schedule_expression)


def describe_evidence(evidence: JsonObject | None, most: int = 3) -> str:
    """'tasks 1, rows 20': the numbers of the last work, the first few that are not zero."""
    shown = evidence or {}
    not_zero = {name: value for name, value in shown.items() if value not in (0, "", None)} or shown
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in list(not_zero.items())[:most])


def _alert(alert: UnsentAlert) -> JsonObject:
    return {
        "id": alert.id,
        "level": alert.level,
        "subject": subject_of(alert),
        "raised_at": json_ready(alert.raised_at),
        "not_before": json_ready(alert.not_before),
        "tries": alert.tries,
    }


def _branch(org: Org, role: str) -> JsonObject:
    person = next((person for person in org.people if person.role == role), None)
    about: JsonObject = {}
    if person is not None:
        about = {
            "kind": person.kind,
            "state": state(person),
            "watcher": person.watched_by,
            "rhythm": rhythm(person),
        }
    return {"role": role, **about, "people": [_branch(org, under.role) for under in org.under(role)]}
