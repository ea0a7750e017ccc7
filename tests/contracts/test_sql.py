"""SQL is in files, states its reason, is used, and reads the time from company.now()."""

import re
from pathlib import Path

import pytest

from company.brain.migrations import MIGRATION_NAME
from company.brain.sql import load_queries
from company.brain.sql_files import FUNCTION
from company.pages.why_events import FIELD, SENTENCES
from tests.contracts.repository import COMPANY, DESK, FUNCTIONS, PRODUCT, SQL, name, sources

PACKAGES = ("company", "patchfirst")
STATEMENTS = sorted([*SQL.glob("*/migrations/*.sql"), *SQL.glob("*/doctrine/*.sql")])
QUERIES = sorted(load_queries(SQL, *PACKAGES))
WALL_CLOCK = re.compile(
    r"(?<![.\w])now\s*\(\)|\b(current_timestamp|current_date|localtimestamp|clock_timestamp|statement_timestamp|transaction_timestamp)\b",
    re.I,
)
FOR_THE_MODEL = {"renew_lease"}
"""Nobody works longer than the lease yet; a role that does will use this."""
LINE = 120
MERGED_BEFORE_LINES_WERE_SHORT = {"company": "0111", "patchfirst": "0010"}
"""The last migrations that may be wider: a brain knows each by its digest, so their text stays as it is."""
LAST_BEFORE_EXPAND_AND_CONTRACT = {"company": "0269", "patchfirst": "0079"}
"""Until release 0.2.0 a deploy stopped the company; from there on functions of before work on the new brain."""
TAKES_AWAY = re.compile(r"\bDROP (?:COLUMN|TABLE|SCHEMA)\b|\bRENAME\b|\bALTER COLUMN \w+ (?:SET DATA )?TYPE\b", re.I)
DEFINE_THE_CLOCK = ("0001_clock_and_roster.sql", "020_clock.sql")
MADE_BY_THE_FIRST_MIGRATION = {"company.now", "company.me", "company.my_kind", "company.refuse"}


@pytest.mark.parametrize("path", STATEMENTS, ids=name)
def test_a_migration_or_doctrine_opens_with_why(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("-- Why: ")


@pytest.mark.parametrize("package", PACKAGES)
def test_no_two_migrations_share_a_number(package: str) -> None:
    names = [path.name for path in sorted((SQL / package / "migrations").glob("*.sql"))]

    assert all(MIGRATION_NAME.match(n) for n in names)
    assert len({n[:4] for n in names}) == len(names)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_migration_takes_nothing_away_that_functions_of_before_may_ask_for(package: str) -> None:
    """What is taken away is a migration of its own, NNNN_contract_..., a release after its last use."""
    last = LAST_BEFORE_EXPAND_AND_CONTRACT[package]
    later = [path for path in (SQL / package / "migrations").glob("*.sql") if path.name[:4] > last]

    assert [name(path) for path in later if TAKES_AWAY.search(path.read_text("utf-8")) and not _contracts(path)] == []
    assert TAKES_AWAY.search("ALTER TABLE t ALTER COLUMN c TYPE text") and not TAKES_AWAY.search("ADD COLUMN c text")


def _contracts(path: Path) -> bool:
    return path.name[5:].startswith("contract_")


@pytest.mark.parametrize("package", PACKAGES)
def test_no_two_files_of_doctrine_share_a_number(package: str) -> None:
    names = [path.name for path in sorted((SQL / package / "doctrine").glob("*.sql"))]

    assert all(re.match(r"\d{3}_[a-z_]+\.sql$", n) for n in names)
    assert len({n[:3] for n in names}) == len(names)


def test_lines_fit_a_page() -> None:
    wide = [
        f"{name(path)}:{number}"
        for path in sorted(SQL.rglob("*.sql"))
        if path.parent.name != "migrations" or path.name[:4] > MERGED_BEFORE_LINES_WERE_SHORT[path.parent.parent.name]
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if len(line) > LINE
    ]

    assert wide == []


def test_queries_are_under_the_concerns_of_doctrine() -> None:
    concerns = {path.stem[4:] for path in SQL.glob("*/doctrine/*.sql")}

    assert sorted({path.stem for path in SQL.glob("*/queries/*.sql")} - concerns) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_triggers_of_one_table_are_in_one_file(package: str) -> None:
    homes: dict[str, set[str]] = {}
    for path in sorted((SQL / package / "doctrine").glob("*.sql")):
        for table in re.findall(r"CREATE OR REPLACE TRIGGER \w+[^;]*? ON ([a-z_.]+)", path.read_text(encoding="utf-8")):
            homes.setdefault(table, set()).add(path.name)

    assert {table: sorted(files) for table, files in homes.items() if len(files) > 1} == {}


def test_a_grant_is_beside_its_function() -> None:
    apart = []
    for path in sorted(SQL.glob("*/doctrine/*.sql")):
        text = path.read_text(encoding="utf-8")
        made = set(re.findall(r"CREATE OR REPLACE FUNCTION ([a-z_.]+)\(", text))
        granted = set(re.findall(r"GRANT EXECUTE ON FUNCTION ([a-z_.]+)\(", text))
        apart += [f"{path.name}: {function}" for function in sorted(granted - made - MADE_BY_THE_FIRST_MIGRATION)]

    assert apart == []


@pytest.mark.parametrize("path", STATEMENTS, ids=name)
def test_migrate_finds_every_function_that_a_file_creates(path: Path) -> None:
    text = _code(path)

    assert len(FUNCTION.findall(text)) == len(re.findall(r"^CREATE (?:OR REPLACE )?FUNCTION", text, re.M))


def test_rules_and_rights_are_in_doctrine_and_not_in_migrations() -> None:
    """Each migrate removes them before it applies all doctrine; only functions are kept from migrations."""
    rule = re.compile(
        r"^(GRANT|REVOKE|CREATE (OR REPLACE )?(MATERIALIZED VIEW|VIEW|TRIGGER|POLICY|RULE|AGGREGATE))", re.M
    )

    assert [name(path) for path in SQL.glob("*/migrations/*.sql") if rule.search(path.read_text())] == []


def test_no_migration_drops_a_function_that_a_migration_created() -> None:
    """migrate would create it again: a migration's function stays until doctrine replaces it."""
    text = "\n".join(_code(path) for path in SQL.glob("*/migrations/*.sql"))
    dropped = set(re.findall(r"^DROP FUNCTION (?:IF EXISTS )?([a-z0-9_.]+)", text, re.M))

    assert dropped & set(FUNCTION.findall(text)) == set()


def test_no_doctrine_drops_what_another_release_had() -> None:
    """migrate does that: it drops what no file names."""
    assert [name(path) for path in SQL.glob("*/doctrine/*.sql") if re.search(r"^DROP ", path.read_text(), re.M)] == []


def test_every_named_query_is_used_by_somebody() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in sources(FUNCTIONS, COMPANY, PRODUCT, DESK))

    assert [query for query in QUERIES if f'"{query}"' not in code and query not in FOR_THE_MODEL] == []


def test_all_sql_asks_the_company_for_the_time() -> None:
    texts = [path for path in SQL.rglob("*.sql") if path.name not in DEFINE_THE_CLOCK]

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
    """Without comments, which may name any clock."""
    return re.sub(r"--.*", "", path.read_text(encoding="utf-8"))


def test_every_event_of_a_story_has_its_sentence() -> None:
    stories = "\n".join(text.decode() for query, text in load_queries(SQL, *PACKAGES).items() if query[:4] == "why_")
    named = {event for event in re.findall(r"'([a-z_]+)'", stories) if event in SENTENCES}
    fields = {field for sentence in SENTENCES.values() for field in FIELD.findall(sentence)}

    assert set(SENTENCES) - named == set()
    assert {field for field in fields if f"'{field}'" not in stories} <= OF_A_TRIAL


OF_A_TRIAL = {"rows", "rows_before", "others", "others_differing"}
"""What the log of a trial holds already."""
