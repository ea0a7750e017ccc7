"""SQL stands in files, says why, is used, and asks the company for the time."""

import re
from pathlib import Path

import pytest

from company.migrations import MIGRATION_NAME
from company.sql import load_queries
from company.sql_files import FUNCTION
from tests.contracts.house import COMPANY, DESK, FUNCTIONS, PRODUCT, SQL, name, sources

PACKAGES = ("company", "patchfirst")
STATEMENTS = sorted([*SQL.glob("*/migrations/*.sql"), *SQL.glob("*/doctrine/*.sql")])
QUERIES = sorted(load_queries(SQL, *PACKAGES))
WALL_CLOCK = re.compile(
    r"(?<![.\w])now\s*\(\)|\b(current_timestamp|current_date|localtimestamp|clock_timestamp|statement_timestamp|transaction_timestamp)\b",
    re.I,
)
FOR_THE_MODEL = {"renew_lease"}
"""Nobody works longer than the lease yet; whoever does asks this."""
DEFINES_THE_CLOCK = "0001_clock_and_roster.sql"


@pytest.mark.parametrize("path", STATEMENTS, ids=name)
def test_a_migration_or_doctrine_opens_with_why(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("-- Why: ")


@pytest.mark.parametrize("package", PACKAGES)
def test_no_two_migrations_share_a_number(package: str) -> None:
    names = [path.name for path in sorted((SQL / package / "migrations").glob("*.sql"))]

    assert all(MIGRATION_NAME.match(n) for n in names)
    assert len({n[:4] for n in names}) == len(names)


@pytest.mark.parametrize("path", STATEMENTS, ids=name)
def test_migrate_finds_every_function_that_a_file_creates(path: Path) -> None:
    text = _code(path)

    assert len(FUNCTION.findall(text)) == len(re.findall(r"^CREATE (?:OR REPLACE )?FUNCTION", text, re.M))


def test_rules_and_rights_stand_in_doctrine_and_not_in_migrations() -> None:
    """Each migrate takes them away before it applies all doctrine; only functions are kept from migrations."""
    rule = re.compile(
        r"^(GRANT|REVOKE|CREATE (OR REPLACE )?(MATERIALIZED VIEW|VIEW|TRIGGER|POLICY|RULE|AGGREGATE))", re.M
    )

    assert [name(path) for path in SQL.glob("*/migrations/*.sql") if rule.search(path.read_text())] == []


def test_no_migration_drops_a_function_that_a_migration_created() -> None:
    """migrate would create it again: what a migration says of a function holds until doctrine says otherwise."""
    text = "\n".join(_code(path) for path in SQL.glob("*/migrations/*.sql"))
    dropped = set(re.findall(r"^DROP FUNCTION (?:IF EXISTS )?([a-z0-9_.]+)", text, re.M))

    assert dropped & set(FUNCTION.findall(text)) == set()


def test_no_doctrine_drops_what_another_release_had() -> None:
    """migrate does: what no file names is gone."""
    assert [name(path) for path in SQL.glob("*/doctrine/*.sql") if re.search(r"^DROP ", path.read_text(), re.M)] == []


def test_every_named_query_is_used_by_somebody() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in sources(FUNCTIONS, COMPANY, PRODUCT, DESK))

    assert [query for query in QUERIES if f'"{query}"' not in code and query not in FOR_THE_MODEL] == []


def test_all_sql_asks_the_company_for_the_time() -> None:
    texts = [path for path in SQL.rglob("*.sql") if path.name != DEFINES_THE_CLOCK]

    assert [name(path) for path in texts if WALL_CLOCK.search(_code(path))] == []


def test_a_function_with_its_owners_rights_fixes_where_it_looks() -> None:
    heads = [
        (name(path), head)
        for path in STATEMENTS
        for head in re.findall(r"CREATE (?:OR REPLACE )?FUNCTION.*?AS \$", path.read_text(encoding="utf-8"), re.S)
    ]
    loose = [f"{where}: {head.split('(')[0]}" for where, head in heads if "DEFINER" in head and PATH not in head]

    assert loose == []


PATH = "SET search_path = pg_catalog, pg_temp"


def _code(path: Path) -> str:
    """Without comments, which may speak of time as they like."""
    return re.sub(r"--.*", "", path.read_text(encoding="utf-8"))
