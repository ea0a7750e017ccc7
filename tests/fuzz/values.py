"""Values for the arguments of a random call: mostly words and numbers that the brain itself holds, some that hurt."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from psycopg import Connection, sql
from psycopg.rows import DictRow

OF_A_COLUMN = 30
"""Values of one column that are taken into the vocabulary."""
LONGEST = 80
SMALL_IDS = 60
"""The ids of what has no table of its name are mostly below this."""
HARMFUL_TEXTS = (
    *(
        "",
        " ",
        "x",
        "*",
        "%",
        "'; DROP TABLE company.task_queue; --",
        "a" * 20_000,
        "\u202e\u200b",
        "\ud7ff",
        "1",
        "-1",
    ),
    *(
        "yes",
        "no",
        "open",
        "owner",
        "complete",
        "ring",
        "infinity",
        "{}",
        "2026-03-11T12:00:00+00:00",
        "\U0001f600" * 90,
    ),
)
HARMFUL_NUMBERS = (0, -1, 2**15, -(2**15), 2**31 - 1, -(2**31), 2**62, -(2**62))
NUMERICS = ("0", "-1", "0.5", "1e20", "-1e20", "NaN", "Infinity", "-Infinity", "99999999999999999999.5")
INTERVALS = ("0", "1 minute", "2 minutes", "1 hour", "-1 day", "10 years", "-10 years", "1 microsecond")
MOMENTS = ("now", "-infinity", "infinity", "0001-01-01", "9999-12-31", "2026-03-11T06:00Z", "2026-03-12T06:00Z")
DOCUMENTS = ("{}", "[]", "null", "1", '"x"', '{"yes": "do it", "no": "leave it"}', '{"rows": 1}', '{"n": -1}', "[[[]]]")

COLUMNS = """
SELECT c.oid::regclass::text AS relation, attname AS column, format_type(atttypid, NULL) AS type
FROM pg_attribute JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace
WHERE nspname = ANY (%(schemas)s) AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
  AND format_type(atttypid, NULL) IN ('text', 'jsonb')
"""


LAST_IDS = """
SELECT c.relname AS relation, coalesce(pg_sequence_last_value(s.oid), 1) AS last
FROM pg_class c JOIN pg_depend d ON d.refobjid = c.oid AND d.deptype = 'i' AND d.refclassid = 'pg_class'::regclass
JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S' JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE nspname = ANY (%(schemas)s)
"""
TABLES_OF_IDS = {"task": "task_queue", "batch": "batches", "message": "inbox", "raw": "raw_documents"}
"""The tables whose names are not those of their ids with an s."""
RECENT = 6


@dataclass
class Vocabulary:
    """Texts and documents that the brain holds now, by the name of their column; the last id by the table's name."""

    texts: dict[str, list[str]] = field(default_factory=dict)
    documents: list[str] = field(default_factory=list)
    last_ids: dict[str, int] = field(default_factory=dict)

    def read(self, admin: Connection[DictRow], schemas: list[str]) -> None:
        """Reads it anew."""
        self.texts.clear()
        self.documents.clear()
        self.last_ids = {row["relation"]: row["last"] for row in admin.execute(LAST_IDS, {"schemas": schemas})}
        for row in admin.execute(COLUMNS, {"schemas": schemas}).fetchall():
            found = self._values(admin, row["relation"], row["column"])
            if row["type"] == "jsonb":
                self.documents += found
            else:
                self.texts.setdefault(row["column"], []).extend(found)

    @staticmethod
    def _values(admin: Connection[DictRow], relation: str, column: str) -> list[str]:
        asked = sql.SQL(
            "SELECT DISTINCT {column}::text AS v FROM {relation} WHERE length({column}::text) <= {most} LIMIT {n}"
        )
        rows = admin.execute(
            asked.format(
                column=sql.Identifier(column),
                relation=sql.Identifier(*relation.split(".")),
                most=sql.Literal(LONGEST),
                n=sql.Literal(OF_A_COLUMN),
            )
        ).fetchall()
        return [row["v"] for row in rows]


@dataclass
class Values:
    """Draws a value for one argument of a type; as text, which Postgres casts."""

    dice: random.Random
    vocabulary: Vocabulary
    sessions: dict[str, int]
    """The open session of each role, by role."""
    held: dict[str, list[int]] = field(default_factory=dict)
    """The tasks that each role holds, by role."""

    def draw(self, name: str, of_type: str, role: str) -> str | None:
        """None is NULL. name: the argument's, as declared; role: who calls."""
        if self.dice.random() < 0.06:
            return None
        if of_type.endswith("[]"):
            drawn = [self.draw(name, of_type.removesuffix("[]"), role) for _ in range(self.dice.randint(0, 3))]
            return "{" + ",".join("NULL" if each is None else _quoted(each) for each in drawn) + "}"
        makers: dict[str, Callable[[], str]] = {
            "text": lambda: self._text(name),
            "bigint": lambda: self._number(name, role),
            "integer": lambda: self._number(name, role),
            "smallint": lambda: str(self.dice.choice([0, 1, 2, 3, 5, 9, -1, 100, 32767])),
            "boolean": lambda: self.dice.choice(["true", "false"]),
            "jsonb": lambda: self.dice.choice([*DOCUMENTS, *self.vocabulary.documents]),
            "timestamp with time zone": lambda: self.dice.choice(MOMENTS),
            "interval": lambda: self.dice.choice(INTERVALS),
            "numeric": lambda: self.dice.choice(NUMERICS),
            "double precision": lambda: self.dice.choice(NUMERICS),
            "real": lambda: self.dice.choice(NUMERICS[:6]),
            "date": lambda: self.dice.choice(["2026-03-11", "infinity", "0001-01-01"]),
            "bytea": lambda: self.dice.choice(["\\x", "\\x00ff", "\\x" + "ab" * 32]),
        }
        maker = makers.get(of_type)
        return maker() if maker else None  # a row of a table, or a name of the catalogue: NULL is all that fits

    def _text(self, name: str) -> str:
        likely = self.vocabulary.texts.get(name.removeprefix("my_").removeprefix("new_"), [])
        chance = self.dice.random()
        if likely and chance < 0.6:
            return self.dice.choice(likely)
        if chance < 0.9:
            return self.dice.choice(self.dice.choice([texts for texts in self.vocabulary.texts.values() if texts]))
        return self.dice.choice(HARMFUL_TEXTS)

    def _number(self, name: str, role: str) -> str:
        chance = self.dice.random()
        if "session" in name and chance < 0.85:
            own = self.sessions.get(role)
            others = list(self.sessions.values())
            return str(own if own and chance < 0.7 else self.dice.choice(others or [1]))
        if chance > 0.9:
            return str(self.dice.choice(HARMFUL_NUMBERS))
        if "task" in name and chance < 0.5 and self.held.get(role):
            return str(self.dice.choice(self.held[role]))
        thing = name.removeprefix("my_").removesuffix("_id")
        last = self.vocabulary.last_ids.get(TABLES_OF_IDS.get(thing, f"{thing}s"), SMALL_IDS)
        return str(self.dice.randint(max(1, last - RECENT) if chance < 0.6 else 1, last))


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
