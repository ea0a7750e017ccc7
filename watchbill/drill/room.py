"""The company as a fault finds it: brain, cloud, feeds, functions, and the chance that picks its victims."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

import psycopg

from company.brain import Brain
from company.errors import Refused
from company.json_values import JsonObject
from company.vertical.feeds import Source
from company.watch.expressions import Expression
from watchbill.cloud.feeds import FeedServer
from watchbill.cloud.switching import KEPT
from watchbill.cloud.template.loader import DeployedFunction
from watchbill.desk.desk import Desk
from watchbill.desk.fault_overrides import Replacement
from watchbill.errors import DeskError

Act = Callable[[Brain, int], object]
"""Something that a role does in an open session of its own."""
NO_TIME = timedelta(0)
TRIES = 25
"""Of one forbidden act: the brain names a role after twenty refusals in a day."""


class NoSuchSource(DeskError):
    """This product has no source that a fault of feeds could be planted in."""


@dataclass(frozen=True)
class Room:
    """An open desk with its feeds, at a moment of simulated time."""

    desk: Desk
    feeds: FeedServer
    now: datetime
    chance: Random
    busy: frozenset[str] = frozenset()
    """What other faults touch at this moment."""

    def one_of(self, victims: Sequence[str]) -> str:
        """One that no other fault touches, where there is one."""
        return self.chance.choice([one for one in victims if one not in self.busy] or list(victims))

    def mark(self, fault: str, *parts: str, note: str) -> None:
        """Writes down that a fault is planted on these, before it is there: then no finding of it is unmarked."""
        with self.desk.brain() as brain:
            for part in parts:
                brain.run("plant", fault=fault, subject=part, note=note)

    # Functions and schedules

    def function(self, role: str) -> DeployedFunction:
        return self.desk.deployed.function(role)

    def replace(self, role: str, replacement: Replacement) -> Callable[[], object]:
        """Runs this in place of the role's function; returns what takes it away again."""
        name = self.function(role).name
        self.desk.overrides.replacements[name] = replacement
        return lambda: self.desk.overrides.replacements.pop(name, None)

    def block(self, schedule: str) -> Callable[[], object]:
        """The schedule stays ENABLED and never fires."""
        self.desk.overrides.blocked.add(schedule)
        return lambda: self.desk.overrides.blocked.discard(schedule)

    def redefine(self, role: str, **environment: str) -> Callable[[], object]:
        """One function starts anew with these changes of its environment; returns what takes them back."""
        spec = self.function(role).spec
        self.desk.runtime.define(replace(spec, environment={**spec.environment, **environment}))
        return lambda: self.desk.runtime.define(spec)

    def redefine_all(self, **environment: str) -> Callable[[], object]:
        """The same for every function."""
        for function in self.desk.deployed.functions:
            self.redefine(function.role, **environment)
        return self.redeploy

    def redeploy(self) -> None:
        """Every function as the template has it."""
        for function in self.desk.deployed.functions:
            self.desk.runtime.define(function.spec)

    def schedule(self, name: str) -> JsonObject:
        """A schedule as it is deployed, in the parts that a request to change it takes."""
        found = self._scheduler.get_schedule(GroupName=self.desk.deployed.schedule_group, Name=name)
        return {part: found[part] for part in (*KEPT, "State") if found.get(part)}

    def next_due(self, role: str) -> datetime | None:
        """When the role's own schedule is due next; None where it has none."""
        with self.desk.brain() as brain:
            expression = brain.value("published_expression", role=role)
        return Expression.parse(str(expression), "UTC", None, None).next_after(self.now) if expression else None

    def put_schedule(self, name: str, parts: JsonObject, *, is_new: bool = False) -> None:
        put = self._scheduler.create_schedule if is_new else self._scheduler.update_schedule
        put(GroupName=self.desk.deployed.schedule_group, Name=name, **parts)

    def delete_schedule(self, name: str) -> None:
        self._scheduler.delete_schedule(GroupName=self.desk.deployed.schedule_group, Name=name)

    @property
    def _scheduler(self) -> Any:
        return self.desk.cloud.client("scheduler")

    # Feeds

    def source(self, suits: Callable[[Source], object]) -> Source:
        """One of the product's sources; NoSuchSource when none suits."""
        found = {source.name: source for source in self.desk.vertical.sources if suits(source)}
        if not found:
            raise NoSuchSource(f"{self.desk.vertical.name} has no source that can have it.")
        return found[self.one_of(list(found))]

    def fresh_for(self, source: str) -> timedelta:
        """How long from now what is in force of a source is not stale yet."""
        with self.desk.brain() as brain:
            found = brain.one("freshness_of", source=source)
        return max(found["fresh_within"] - found["age"], NO_TIME) if found and found["age"] is not None else NO_TIME

    def machine_of(self, source: str) -> str:
        """The role that scrapes a source."""
        with self.desk.brain() as brain:
            return str(brain.value("machine_of_source", source=source))

    # The brain

    def alter_database(self, change: str) -> None:
        """Of the company's own database: a limit or a setting, by the server's login."""
        self.alter_named(self.desk.database, change)

    def alter_named(self, database: str, change: str) -> None:
        self._alter(f'DATABASE "{database}" {change}')

    def alter_clock_login(self, change: str) -> None:
        """A setting for the login by which the desk moves simulated time."""
        self._alter(f'ROLE "{self.desk.company}_migrate" IN DATABASE "{self.desk.database}" {change}')

    def connect_as_migrate(self) -> psycopg.Connection[tuple[object, ...]]:
        """Another connection of the owner of the tables, in a transaction of its own."""
        login = f"{self.desk.company}_migrate"
        return psycopg.connect(self.desk.server.dsn(self.desk.database, login, self.desk.password("migrate")))

    def _alter(self, what: str) -> None:
        with self.desk.server.connect() as admin:
            admin.execute(f"ALTER {what}".encode())

    @contextmanager
    def session(self, role: str, seconds: int = 120) -> Iterator[tuple[Brain, int]]:
        """An open session of a role, by its own login and outside its schedule; it is not closed."""
        with self.desk.brain(role) as brain:
            yield brain, open_by_hand(brain, role, self.now, seconds)

    def try_in_vain(self, role: str, act: Act) -> str:
        """A role tries a forbidden act again and again; returns the rule. DeskError when the brain lets it through."""
        with self.session(role) as (brain, session):
            rules = [self._refused(brain, session, act) for _ in range(TRIES)]
            brain.run("note_refusals", session_id=session, times=len(rules), rule=rules[-1])
            why = f"refused: {rules[-1]}"
            brain.run("close_session", session_id=session, outcome="skipped", evidence=None, reason=why)
        return rules[-1]

    def _refused(self, brain: Brain, session: int, act: Act) -> str:
        try:
            act(brain, session)
        except Refused as refused:
            return refused.rule
        raise DeskError("The brain let through what its rules forbid.")


def open_slot(brain: Brain, event: JsonObject, request_id: str) -> tuple[int, str]:
    """The session of a slot for a fire that does not run the role's code, and whether there is work in it."""
    opened = brain.one(
        "open_session", schedule=event["schedule"], due_at=event["due_at"], request_id=request_id, lasts_seconds=120
    )
    assert opened is not None, "open_session always returns a row"
    return int(opened["session_id"]), str(opened["verdict"])


def open_by_hand(brain: Brain, role: str, now: datetime, seconds: int) -> int:
    opened = brain.one(
        "open_session",
        schedule=f"by-hand-{role}",
        due_at=now,
        request_id=str(uuid.uuid4()),
        lasts_seconds=seconds,
    )
    assert opened is not None, "open_session always returns a row"
    return int(opened["session_id"])
