"""The login of who answers strangers: by grants it reads what is named for it, and writes what two functions write."""

from collections.abc import Iterator

import psycopg
import pytest

from company.api.keys import give_key
from company.brain.logins import end_rights_of_before
from tests.support.asked_api import LISTED, fill
from tests.support.brains import Company, TestBrain, brain_of, run_sql
from tests.support.refusals import NO_RIGHT, refused
from tests.support.staff import staff

OWN = "nspname NOT IN ('pg_catalog', 'information_schema') AND nspname NOT LIKE 'pg\\_%%'"
WRITES = "INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER"
READS = {
    "company": {
        "batches", "clock", "ended_links", "fetches", "histories", "links", "quarantine", "score_history",
        "score_models", "score_passes", "scores", "source_freshness", "streams",
    },
    "patchfirst": {"aliases", "evidence", "rankings"},
}  # fmt: skip
"""Beside what the sources say: their tables in force, and those of what was."""
CALLS = {
    "company.now()", "company.entity_history(text,text)", "company.explain_parts(text,real[])",
    "company.find_customer_key(text)", "company.handle_by_key(text,text,text)", "company.take_request(text,boolean)",
    "patchfirst.changes_by_key(text,timestamp with time zone,timestamp with time zone)",
    "patchfirst.choice_of_key(text)", "patchfirst.exploits_of(text)", "patchfirst.neighbours_among(text[])",
    "patchfirst.neighbours_of(text)",
    "patchfirst.number_of(text)", "patchfirst.is_nvds_cvss_taken(real,text,real,text)",
    "patchfirst.rows_of_cve_at(text,timestamp with time zone)",
    "patchfirst.name_before(text,text,timestamp with time zone)",
}  # fmt: skip
SECRETS = (
    "SELECT * FROM company.customers", "SELECT * FROM company.customer_keys", "SELECT * FROM company.deliveries",
    "SELECT * FROM company.handled", "SELECT * FROM company.handled_now", "SELECT * FROM company.inventories",
    "SELECT * FROM patchfirst.inventory_cves", "SELECT * FROM company.findings", "SELECT * FROM company.task_queue",
    "SELECT * FROM company.decisions", "SELECT * FROM company.session_log", "SELECT * FROM company.brain",
    "SELECT * FROM company.outbox", "SELECT * FROM company.roster", "SELECT * FROM migrations.logins",
    "SELECT url FROM company.fetches", "SELECT raw FROM company.quarantine", "SELECT * FROM patchfirst.kev_staging",
    "SELECT * FROM patchfirst.changes_for(1, '-infinity', 'infinity', '{}')", "SELECT patchfirst.watch_of(1)",
    "SELECT patchfirst.inventory_of(1)", "SELECT patchfirst.components_of(1)", "SELECT company.customer_of_key('a')",
    "SELECT company.note_handled(1, 'CVE-2025-90001', 'owner', '')",
    "SELECT company.handle_by_link(1, 'CVE-2025-90001', '')",
    "SELECT company.make_customer_key('Alder', 'aaaaaaaaaaaa', '', '', 1)", "SELECT company.list_customer_keys('A')",
    "CREATE TEMP TABLE mine (n integer)",
    "CREATE TABLE company.mine (n integer)", "CREATE TABLE public.mine (n integer)", "CREATE SCHEMA mine",
    "SET session_replication_role = replica", "COPY company.batches TO PROGRAM 'true'",
)  # fmt: skip


@pytest.fixture(scope="module")
def brain(template_brain: Company) -> Iterator[TestBrain]:
    """With two customers, a listed CVE and changes; in force for the whole module."""
    with brain_of(template_brain) as filled:
        fill(filled)
        for name in ("Alder", "Birch"):
            filled.owner.run("add_customer", name=name, email=f"{name}@a.invalid", kind="feed", filters={})
        yield filled


def _asked(brain: TestBrain, statement: str) -> list[str]:
    rows = run_sql(brain.as_login("superuser"), statement, login=f"{brain.company.name}_lookup")
    return [str(row["name"]) for row in rows]


def test_it_reads_what_the_sources_say_and_a_few_tables_more(brain: TestBrain) -> None:
    readable = _asked(
        brain,
        f"SELECT nspname || '.' || relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
        f" WHERE {OWN} AND relkind IN ('r', 'v', 'm', 'S', 'p') AND (relkind <> 'S'"
        f" AND has_any_column_privilege(%(login)s, c.oid, 'SELECT')"
        f" OR relkind = 'S' AND has_sequence_privilege(%(login)s, c.oid, 'SELECT, USAGE, UPDATE'))",
    )
    sources = [row["source"] for row in brain.sql("owner", "SELECT source FROM company.streams")]
    stated = {f"patchfirst.{source}{what}" for source in sources for what in ("", "_history")}

    assert set(readable) == stated | {f"{schema}.{name}" for schema, names in READS.items() for name in names}


def test_it_writes_no_table_and_makes_nothing(brain: TestBrain) -> None:
    written = _asked(
        brain,
        f"SELECT relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE {OWN}"
        f" AND relkind IN ('r', 'v', 'p') AND (has_table_privilege(%(login)s, c.oid, '{WRITES}')"
        f" OR has_any_column_privilege(%(login)s, c.oid, 'INSERT, UPDATE, REFERENCES'))"
        f" UNION ALL SELECT nspname FROM pg_namespace n WHERE {OWN}"
        " AND has_schema_privilege(%(login)s, n.oid, 'CREATE')"
        " UNION ALL SELECT datname FROM pg_database WHERE datname = current_database()"
        " AND has_database_privilege(%(login)s, oid, 'CREATE, TEMPORARY')",
    )

    assert written == []


def test_it_calls_what_is_named_for_it_and_two_of_these_write(brain: TestBrain) -> None:
    may = "FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE " + OWN
    may += " AND has_function_privilege(%(login)s, p.oid, 'EXECUTE')"
    called = _asked(brain, f"SELECT p.oid::regprocedure AS name {may}")
    writing = _asked(brain, f"SELECT proname AS name {may} AND provolatile = 'v' AND prosecdef")

    assert set(called) == CALLS
    assert set(writing) == {"handle_by_key", "take_request"}


def test_it_is_a_member_of_the_readers_and_of_no_group_of_the_staff(brain: TestBrain) -> None:
    groups = _asked(
        brain,
        "SELECT g.rolname AS name FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid"
        " JOIN pg_roles m ON m.oid = a.member WHERE m.rolname = %(login)s",
    )

    assert groups == [f"{brain.company.name}_readers"]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        brain.as_role("lookup").connection.execute(f'SET ROLE "{brain.company.name}_machines"'.encode())


@pytest.mark.parametrize("group", ["machines", "staff"])
def test_rights_of_the_staff_that_it_had_before_are_taken_away(brain: TestBrain, group: str) -> None:
    company, migrate = brain.company.name, brain.as_login("migrate")
    migrate.execute(f'GRANT "{company}_{group}" TO "{company}_lookup"'.encode())
    assert brain.sql("lookup", "SELECT name FROM company.customers")
    groups = {role: record.group for role, record in staff().items()} | {"owner": "owners"}

    end_rights_of_before(migrate, company, groups)

    with refused(NO_RIGHT):
        brain.sql("lookup", "SELECT * FROM company.customers")
    assert brain.sql("check", "SELECT name FROM company.customers")


@pytest.mark.parametrize("statement", SECRETS)
def test_what_is_not_named_for_it_is_refused(brain: TestBrain, statement: str) -> None:
    with refused(NO_RIGHT):
        brain.sql("lookup", statement)


def test_it_learns_of_a_customer_by_a_good_key_of_theirs_alone(brain: TestBrain) -> None:
    alder, birch = (give_key(brain.owner, name, 60)[0] for name in ("Alder", "Birch"))
    changes = "SELECT cve FROM patchfirst.changes_by_key(%(key)s, '2026-03-01', 'infinity')"
    assert brain.as_role("lookup").value("handle_by_key", key_id=birch, entity=LISTED, note="") is True

    seen = {key: {row["cve"] for row in brain.sql("lookup", changes, key=key)} for key in (alder, birch)}
    assert LISTED in seen[alder] and seen[birch] == seen[alder] - {LISTED}

    brain.owner.run("end_customer_key", key_id=alder)
    for wrong in (alder, "aaaaaaaaaaaa", "", "%", "1"):
        for statement in (changes, "SELECT patchfirst.choice_of_key(%(key)s)"):
            with refused("one_asks_by_a_good_key"):
                brain.sql("lookup", statement, key=wrong)


def test_ended_links_cannot_be_unwritten(brain: TestBrain) -> None:
    with brain.admin as past_every_rule:
        past_every_rule.execute("INSERT INTO company.links (kind, entity, target) VALUES ('alias', 'CVE-1', 'X-1')")
        past_every_rule.execute("DELETE FROM company.links WHERE target = 'X-1'")
        [kept] = run_sql(past_every_rule, "SELECT entity, target FROM company.ended_links")
        assert kept == {"entity": "CVE-1", "target": "X-1"}
        for statement, rule in (
            ("DELETE FROM", "ended_links_is_append_only"),
            ("TRUNCATE", "history_is_never_emptied"),
        ):
            with refused(rule):
                run_sql(past_every_rule, f"{statement} company.ended_links")
