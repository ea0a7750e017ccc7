"""Breaks one thing for a part of a test: a named query that is refused, or a row that takes no change."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

import pytest

from company.brain.sql import load_queries
from tests.support.brains import TestBrain, run_sql

QUERIES = "company.brain.connection.load_queries"
REFUSAL = b"SELECT company.refuse('poisoned', 'this statement is refused in a test')"
OPEN_ITEMS = """
SELECT coalesce(evidence ->> 'item', subject) AS item FROM company.findings
WHERE kind = 'item_failed' AND closed_at IS NULL ORDER BY item
"""
POISON = """
CREATE FUNCTION company.poison() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'poisoned row'; END $$;
"""

DISK_IS_FULL = """
CREATE FUNCTION company.disk_is_full() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;
"""
TABLES = """
SELECT relname AS name FROM pg_class
WHERE relnamespace = 'company'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
"""


@contextmanager
def refused_query(monkeypatch: pytest.MonkeyPatch, query: str) -> Iterator[None]:
    """The database refuses one named query on every connection that is made inside the with block."""
    with monkeypatch.context() as patch:
        patch.setattr(QUERIES, lambda *where: {**load_queries(*where), query: REFUSAL})
        yield


@contextmanager
def poisoned(brain: TestBrain, table: str, when: str, on: str = "UPDATE") -> Iterator[None]:
    """Some rows of a table take no change, whatever login tries it."""
    admin = brain.as_login("superuser")
    run_sql(admin, POISON)
    run_sql(
        admin,
        f"CREATE TRIGGER a_poison BEFORE {on} ON company.{table} FOR EACH ROW WHEN ({when})"
        " EXECUTE FUNCTION company.poison()",
    )
    yield
    run_sql(admin, "DROP FUNCTION company.poison() CASCADE")


@contextmanager
def full_disk(brain: TestBrain, but: Collection[str] = ()) -> Iterator[None]:
    """No table of the company takes a row or a change, with the error that Postgres has when its disk is full."""
    admin = brain.as_login("superuser")
    run_sql(admin, DISK_IS_FULL)
    for table in {row["name"] for row in run_sql(admin, TABLES)} - {"clock", *but}:  # a test goes on through time
        run_sql(
            admin,
            f"CREATE TRIGGER a_full_disk BEFORE INSERT OR UPDATE ON company.{table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION company.disk_is_full()",
        )
    yield
    run_sql(admin, "DROP FUNCTION company.disk_is_full() CASCADE")


def left_out(brain: TestBrain) -> list[str]:
    """What the last beat did not do."""
    [beat] = brain.sql("owner", "SELECT left_out FROM company.beats ORDER BY at DESC LIMIT 1")
    return list(beat["left_out"])


def open_items(brain: TestBrain) -> list[str]:
    """The items of which a finding says that they failed."""
    return [row["item"] for row in brain.sql("owner", OPEN_ITEMS)]
