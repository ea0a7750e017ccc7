"""Kills what runs in the middle of fires that a seed picks: the fire itself, the database server, or the whole desk."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from company.json_values import JsonObject
from company.text.wording import counted
from watchbill.cloud.postgres.shared_server import kill_server
from watchbill.cloud.runtime import Invocation
from watchbill.desk.desk import Desk
from watchbill.errors import UsageError

Victim = Literal["fire", "server", "desk"]
FIRST: Sequence[Victim] = ("fire", "server", "desk")
WEIGHTS = (16, 4, 1)
"""A server is back after a second; after the whole desk every function starts anew, which is half a minute of work."""
UNKNOWN_SECONDS = 0.2
"""Of a fire whose function has not run before."""


@dataclass(frozen=True)
class Kill:
    """One kill: in which fire, whose it was, what was killed, and whether the fire was at work at that moment."""

    fire: int
    role: str
    victim: Victim
    is_in_mid_work: bool


def draw(kills: int, fires: int, chance: Random) -> dict[int, Victim]:
    """Which fires are hit, and what is killed in each: one of every kind at least, where there are enough.

    UsageError when the week has fewer fires.
    """
    if kills > fires:
        raise UsageError(f"--kills: the week has {counted(fires, 'fire')}; ask for {fires} or fewer.")
    victims = [*FIRST, *chance.choices(FIRST, WEIGHTS, k=kills)][:kills]
    chance.shuffle(victims)
    return dict(zip(chance.sample(range(1, fires + 1), kills), victims, strict=True))


@dataclass
class Killer:
    """Invokes functions for the scheduler; plan says which of the fires is hit. done is what it did."""

    desk: Desk
    plan: dict[int, Victim]
    chance: Random
    done: list[Kill] = field(default_factory=list)
    fires: int = 0
    usual_seconds: dict[str, float] = field(default_factory=dict)

    def invoke(self, name: str, event: JsonObject, request_id: str) -> Invocation:
        self.fires += 1
        victim = self.plan.get(self.fires)
        if victim is not None:
            return self._invoke_and_kill(victim, name, event, request_id)
        ended = self.desk.invoke_function(name, event, request_id)
        self.usual_seconds[name] = ended.wall_ms / 1000
        return ended

    def _invoke_and_kill(self, victim: Victim, name: str, event: JsonObject, request_id: str) -> Invocation:
        """At a random point of the fire; between it and the next one where it was over sooner than usual."""
        over, hit = threading.Event(), threading.Event()
        delay = self.chance.uniform(0, self.usual_seconds.get(name, UNKNOWN_SECONDS))

        def wait_and_kill() -> None:
            if not over.wait(delay):
                hit.set()
                self._kill(victim, name)

        killing = threading.Thread(target=wait_and_kill)
        killing.start()
        ended = self.desk.invoke_function(name, event, request_id)
        over.set()
        killing.join()
        if not hit.is_set():
            self._kill(victim, name)
        if victim != "fire":
            self.desk.outages.check()
        self.done.append(Kill(self.fires, str(event.get("role", name)), victim, hit.is_set()))
        return ended

    def _kill(self, victim: Victim, name: str) -> None:
        if victim == "fire":
            self.desk.runtime.kill_from_outside(name)
        if victim == "desk":
            self.desk.runtime.kill_from_outside()
        if victim != "fire":
            kill_server(self.desk.plan.home)
