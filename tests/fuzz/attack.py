"""A seeded attack: every login calls what the brain offers in random order, with values that mostly fit."""

import random
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

import psycopg

from company.brain import Brain
from company.brain.sql import load_queries
from company.errors import BrainError
from tests.fuzz.calls import Call, draw_call, functions_of, tables_of
from tests.fuzz.change_log import keep_change_log
from tests.fuzz.corpus import Corpus, RealCall
from tests.fuzz.values import Values, Vocabulary
from tests.support.acts import open_session
from tests.support.brains import SQL, VERTICAL, TestBrain

SCHEMAS = ["company", VERTICAL]
LOOK_EVERY = 1000
"""Calls between two looks at what the brain holds."""
SESSIONS_EVERY = 100
"""Calls until the clock goes on, and who has no session opens one."""
SHARE_OF_REAL_CALLS = 0.6
SHARE_TAKEN_BACK = 0.1
ATTACKERS = "SELECT role FROM company.roster WHERE role <> 'migrate' ORDER BY role"
"""All but the owner of the tables, whom no grant holds."""
OPEN_SESSIONS = """
SELECT role, max(id) AS id FROM company.sessions WHERE finished_at IS NULL AND deadline_at > company.now() GROUP BY role
"""
HELD = """
SELECT claimed_by AS role, array_agg(id) AS tasks FROM company.task_queue WHERE status = 'in_progress' GROUP BY 1
"""


@dataclass
class Attack:
    """An attack on one brain. done: the calls that went through, by what they call; refused: the others, by error."""

    brain: TestBrain
    corpus: Corpus
    seed: int
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.admin = self.brain.as_login("superuser")
        self.functions = functions_of(self.admin, SCHEMAS)
        self.tables = tables_of(self.admin, SCHEMAS)
        self.values = Values(self.dice, Vocabulary(), {})
        self.roles = [row["role"] for row in self.admin.execute(ATTACKERS)]
        queries = load_queries(SQL, *SCHEMAS)
        self.corpus.prefer({query for query, text in queries.items() if self._writes(text.decode())})
        keep_change_log(self.admin, self.tables)

    def _writes(self, text: str) -> bool:
        return any(f"{name}(" in text for name in (f.name for f in self.functions if f.may_write))

    def run(self, calls: int) -> None:
        """So many calls, each in a transaction of its own; some are done and taken back."""
        for made in range(calls):
            if made % LOOK_EVERY == 0:
                self.values.vocabulary.read(self.admin, SCHEMAS)
            if made % SESSIONS_EVERY == 0:
                self._open_sessions()
            self._make(*self._drawn(self.dice.choice(self.roles)))

    def _open_sessions(self) -> None:
        """Time goes on, now and then by so much that sessions are overdue; who has none of them opens one."""
        [now] = self.admin.execute("SELECT company.now() AS moment")
        self.brain.set_now(now["moment"] + timedelta(seconds=self.dice.choice([2, 2, 5, 10, 600])))
        self.values.sessions = {row["role"]: row["id"] for row in self.admin.execute(OPEN_SESSIONS)}
        for role in self.roles:
            if role not in self.values.sessions and self.dice.random() < 0.5:
                with suppress(BrainError):  # it is at work already, or may not be
                    opened = open_session(self.brain, role, request_id=str(self.dice.random()))
                    if opened["verdict"] == "work":
                        self.values.sessions[role] = opened["session_id"]
        self.values.held = {row["role"]: row["tasks"] for row in self.admin.execute(HELD)}

    def _drawn(self, role: str) -> tuple[str, RealCall | Call]:
        if self.dice.random() > SHARE_OF_REAL_CALLS:
            return role, draw_call(self.dice, self.functions, self.tables, self.values, role)
        real = self.corpus.draw(self.dice, self.values, role)
        return real.role, real

    def _make(self, role: str, call: RealCall | Call) -> None:
        brain = self.brain.as_role(role)
        try:
            with brain.connection.transaction(force_rollback=self.dice.random() < SHARE_TAKEN_BACK):
                of = _send(brain, call)
            self.done[of] += 1
        except (BrainError, psycopg.Error, UnicodeError) as error:
            self.refused[type(error).__name__] += 1
            if brain.connection.closed:  # heartbeat ended an overdue session; a server's crash would end ours as well
                self.brain.forget(role)


def _send(brain: Brain, call: RealCall | Call) -> str:
    """Makes the call; gives the query, function or statement that it is a call of."""
    if isinstance(call, RealCall):
        brain.run(call.query, **call.values)
        return call.query
    brain.connection.execute(call.statement, call.values)
    return call.of
