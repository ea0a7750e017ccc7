"""Random statements of random logins: every function of the brain, and what a login may try past them."""

import random
from dataclasses import dataclass

from psycopg import Connection, sql
from psycopg.rows import DictRow

from tests.fuzz.values import Values

FUNCTIONS = """
SELECT p.oid::regprocedure::text AS signature, nspname AS schema, proname AS name,
  coalesce(proargnames[1:pronargs], ARRAY[]::text[]) AS argument_names,
  provolatile = 'v' AS may_write,
  ARRAY(SELECT format_type(t, NULL) FROM unnest(proargtypes) AS t) AS argument_types
FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
WHERE nspname = ANY (%(schemas)s) AND prokind = 'f' AND prorettype <> 'trigger'::regtype
ORDER BY 1
"""
TABLES = """
SELECT c.oid::regclass::text AS relation,
  (SELECT array_agg(attname::text ORDER BY attnum) FROM pg_attribute
    WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) AS columns
FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
WHERE nspname = ANY (%(schemas)s) AND relkind = 'r' ORDER BY 1
"""
PAST_THE_FUNCTIONS = (
    "INSERT INTO {relation} DEFAULT VALUES",
    "INSERT INTO {relation} SELECT * FROM {relation}",
    "UPDATE {relation} SET {column} = {column}",
    "DELETE FROM {relation}",
    "TRUNCATE {relation} CASCADE",
    "LOCK TABLE {relation} IN ACCESS EXCLUSIVE MODE",
    "ALTER TABLE {relation} DISABLE TRIGGER ALL",
    "ALTER TABLE {relation} DROP COLUMN {column}",
    "DROP TABLE {relation}",
    "CREATE TRIGGER mine BEFORE INSERT ON {relation} FOR EACH ROW EXECUTE FUNCTION company.only_add()",
    "CREATE RULE mine AS ON DELETE TO {relation} DO INSTEAD NOTHING",
    "CREATE VIEW company.mine AS SELECT * FROM {relation}",
    "GRANT ALL ON {relation} TO PUBLIC",
    "SELECT * FROM {relation} FOR UPDATE",
    "SET session_replication_role = replica",
    "SET SESSION AUTHORIZATION postgres",
    "CREATE SCHEMA mine",
)
SHARE_PAST_THE_FUNCTIONS = 0.08


@dataclass(frozen=True)
class Function:
    """One function of the brain that a statement can call."""

    signature: str
    schema: str
    name: str
    argument_names: tuple[str, ...]
    argument_types: tuple[str, ...]
    may_write: bool


@dataclass(frozen=True)
class Table:
    """One table of the brain."""

    relation: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Call:
    """A statement with its values, as it is sent. of: the function or statement that it is a call of."""

    of: str
    statement: sql.Composed
    values: tuple[str | None, ...] | None = None


def functions_of(admin: Connection[DictRow], schemas: list[str]) -> list[Function]:
    """All but the triggers', in a fixed order."""
    return [
        Function(
            row["signature"],
            row["schema"],
            row["name"],
            tuple(row["argument_names"]),
            tuple(row["argument_types"]),
            row["may_write"],
        )
        for row in admin.execute(FUNCTIONS, {"schemas": schemas}).fetchall()
    ]


def tables_of(admin: Connection[DictRow], schemas: list[str]) -> list[Table]:
    """In a fixed order."""
    rows = admin.execute(TABLES, {"schemas": schemas}).fetchall()
    return [Table(row["relation"], tuple(row["columns"])) for row in rows]


def draw_call(dice: random.Random, functions: list[Function], tables: list[Table], values: Values, role: str) -> Call:
    """The next statement of this role."""
    if dice.random() < SHARE_PAST_THE_FUNCTIONS:
        return _past_the_functions(dice, tables)
    drawn = dice.choice(functions)
    return _of_function(drawn if drawn.may_write else dice.choice(functions), values, role)


def _of_function(function: Function, values: Values, role: str) -> Call:
    names = [*function.argument_names, *[""] * len(function.argument_types)]
    drawn = tuple(
        values.draw(name, of_type, role) for name, of_type in zip(names, function.argument_types, strict=False)
    )
    casts = sql.SQL(", ").join(sql.SQL("%s::" + of_type) for of_type in function.argument_types)
    statement = sql.SQL("SELECT * FROM {}({})").format(sql.Identifier(function.schema, function.name), casts)
    return Call(function.name, statement, drawn)


def _past_the_functions(dice: random.Random, tables: list[Table]) -> Call:
    table = dice.choice(tables)
    chosen = dice.choice(PAST_THE_FUNCTIONS)
    names = {
        "relation": sql.Identifier(*table.relation.split(".")),
        "column": sql.Identifier(dice.choice(table.columns)),
    }
    return Call(chosen, sql.SQL(chosen).format(**names))
