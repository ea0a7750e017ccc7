"""What a week left in the brain, in figures that are the same for every week of the same feeds."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import LiteralString

from psycopg import sql

from company.brain import Brain
from company.json_values import JsonObject

HOLDS: LiteralString = """
SELECT format('%s rows, %s', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)) FROM (SELECT {} FROM {}) t
"""
HISTORY = " history"
ENDED: LiteralString = "SELECT format('%s rows ended', count(*)) FROM {}"


@dataclass(frozen=True)
class WeekFigures:
    """holds: what each canonical table, its history, the scores and the links hold, as a count and a sum of all rows.

    fires: how many the week had, tries included. alarms: its findings and notices, in words. lost: what has no end.
    """

    fires: int
    holds: Mapping[str, str]
    alarms: tuple[str, ...]
    lost: tuple[str, ...]

    def as_json(self) -> JsonObject:
        return {**asdict(self), "holds": dict(self.holds)}

    @classmethod
    def from_json(cls, document: JsonObject) -> "WeekFigures":
        return cls(**{**document, "alarms": tuple(document["alarms"]), "lost": tuple(document["lost"])})


def differences(calm: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    """In words, what the other week holds otherwise than the calm one."""
    return [
        f"{what} {other.get(what, 'nothing')} where a week without has {calm.get(what, 'nothing')}"
        for what in sorted({*calm, *other})
        if calm.get(what) != other.get(what)
    ]


def in_force(holds: Mapping[str, str]) -> dict[str, str]:
    """Without the history of rows: an edition that came late, or twice, leaves another one and the same end."""
    return {what: held for what, held in holds.items() if not what.endswith(HISTORY)}


def read_holdings(brain: Brain) -> dict[str, str]:
    """What the tables hold, by name; times and numbers of batches are left out."""
    holds = {str(row["what"]): str(row["holds"]) for row in brain.all("scores_and_links")}
    for table in brain.all("canonical_tables"):
        source = str(table["source"])
        columns = sql.SQL(", ").join(map(sql.Identifier, table["columns"]))
        name = sql.Identifier(str(table["schema_name"]), source)
        history = sql.Identifier(str(table["schema_name"]), f"{source}_history")
        holds[source] = _said(brain, sql.SQL(HOLDS).format(columns, name))
        holds[f"{source}{HISTORY}"] = _said(brain, sql.SQL(ENDED).format(history))
    return holds


def _said(brain: Brain, statement: sql.Composed) -> str:
    row = brain.connection.execute(statement).fetchone()
    assert row is not None, "an aggregate gives one row"
    return str(next(iter(row.values())))
