"""After a migrate a brain has exactly the functions, triggers, views, policies and grants that the files state."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread, Timer

import pytest

from company.brain import doctrine
from company.errors import BrainError, Refused, SqlFileError
from tests.support.acts import file_task
from tests.support.brains import TestBrain, run_sql
from tests.support.catalogues import doctrine_of, shape_of

AS_MIGRATE = [
    "GRANT EXECUTE ON FUNCTION company.end_overdue_sessions() TO {company}_data_worker",
    "GRANT EXECUTE ON FUNCTION company.end_overdue_sessions() TO PUBLIC",
    "GRANT EXECUTE ON FUNCTION company.now() TO {company}_check WITH GRANT OPTION",
    "REVOKE EXECUTE ON FUNCTION company.me() FROM {company}_staff",
    "GRANT INSERT ON company.task_queue TO {company}_workers",
    "GRANT SELECT ON company.roster TO PUBLIC",
    "GRANT UPDATE (title) ON company.task_queue TO {company}_workers",
    "GRANT USAGE ON SEQUENCE company.task_queue_id_seq TO {company}_workers",
    "GRANT CREATE ON SCHEMA company TO {company}_data_worker",
    "GRANT USAGE ON SCHEMA migrations TO PUBLIC",
    "GRANT SELECT ON migrations.applied TO {company}_ceos",
    "GRANT DELETE ON patchfirst.kev TO {company}_machines",
    "REVOKE INSERT ON company.session_log FROM CURRENT_USER",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA company GRANT SELECT ON TABLES TO PUBLIC",
    "ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO {company}_workers",
    "CREATE FUNCTION company.stray() RETURNS text LANGUAGE sql AS $$ SELECT 'stray' $$",
    "CREATE FUNCTION company.now(text) RETURNS text LANGUAGE sql AS $$ SELECT $1 $$",
    "CREATE FUNCTION company.protect_stream(text, boolean DEFAULT true) RETURNS text LANGUAGE sql AS $$ SELECT $1 $$",
    "DROP FUNCTION company.hold_task(bigint, bigint);"
    " CREATE PROCEDURE company.hold_task(bigint, bigint) LANGUAGE sql AS $$ SELECT 1 $$",
    "CREATE AGGREGATE company.stray_sum(integer) (SFUNC = int4pl, STYPE = integer)",
    "CREATE PROCEDURE patchfirst.stray() LANGUAGE sql AS $$ SELECT 1 $$",
    "CREATE FUNCTION migrations.stray() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
    "CREATE OR REPLACE FUNCTION company.me() RETURNS text LANGUAGE sql AS $$ SELECT 'ceo' $$",
    "ALTER FUNCTION company.read_inbox() RESET search_path",
    "ALTER FUNCTION company.claim_task(text, bigint, interval) SECURITY INVOKER",
    "CREATE OR REPLACE FUNCTION patchfirst.kev_known_at(at timestamptz) RETURNS SETOF patchfirst.kev LANGUAGE sql"
    " AS $$ SELECT * FROM patchfirst.kev $$",
    "DROP FUNCTION company.end_overdue_sessions();"
    " CREATE FUNCTION company.end_overdue_sessions() RETURNS text LANGUAGE sql"
    " AS $$ SELECT 'none' $$",
    "DROP FUNCTION company.write_brain(text, text)",
    "CREATE TRIGGER stray BEFORE UPDATE ON company.task_queue FOR EACH ROW EXECUTE FUNCTION migrations.stray()",
    "ALTER TABLE company.brain DISABLE TRIGGER keep_earlier_text",
    "DROP TRIGGER only_add ON company.task_events",
    "DROP TRIGGER only_its_writers_stage ON patchfirst.epss_staging",
    "CREATE POLICY stray ON company.inbox USING (true)",
    "ALTER TABLE company.inbox DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE company.slots ENABLE ROW LEVEL SECURITY",
    "CREATE RULE stray AS ON DELETE TO company.findings DO INSTEAD NOTHING",
    "CREATE VIEW company.stray AS SELECT * FROM company.source_freshness",
    "CREATE FUNCTION company.of_a_view() RETURNS SETOF company.stray LANGUAGE sql AS $$ SELECT * FROM company.stray $$",
    "CREATE MATERIALIZED VIEW company.kept_stray AS SELECT company.stray() AS word",
    "DROP VIEW patchfirst.score_moves; CREATE VIEW patchfirst.score_moves AS SELECT 1 AS other",
    "DROP VIEW patchfirst.score_features",
]
AS_SUPERUSER = [
    "CREATE FUNCTION company.of_another_owner() RETURNS text LANGUAGE sql SECURITY DEFINER AS $$ SELECT 'any' $$",
    "ALTER FUNCTION company.answer_message(bigint, text) OWNER TO CURRENT_USER",
    "CREATE VIEW company.who_is_here AS SELECT usename FROM pg_stat_activity",
]


@pytest.fixture
def state(sql_dir: Path) -> Callable[[str, str], None]:
    """state(name, text) puts a file into the company's doctrine."""

    def put(name: str, text: str) -> None:
        (sql_dir / "company" / "doctrine" / name).write_text(text)

    return put


@pytest.fixture
def watched(brain: TestBrain) -> Iterator[TestBrain]:
    """A brain whose tables, columns, constraints and indexes, and whose tasks, are the same after the test."""
    file_task(brain, title="kept")
    shape, tasks = shape_of(brain), run_sql(brain.as_login("migrate"), "SELECT * FROM company.task_queue")
    yield brain
    assert shape_of(brain) == shape
    assert run_sql(brain.as_login("migrate"), "SELECT * FROM company.task_queue") == tasks


def test_a_change_by_hand_is_reset_to_the_files_by_the_next_migrate(watched: TestBrain) -> None:
    stated = doctrine_of(watched)
    without_effect = []
    migrate, superuser = watched.as_login("migrate"), watched.as_login("superuser")
    for login, statement in [*((migrate, s) for s in AS_MIGRATE), *((superuser, s) for s in AS_SUPERUSER)]:
        before = doctrine_of(watched)
        run_sql(login, statement.format(company=watched.company.name))
        without_effect += [statement] if doctrine_of(watched) == before else []
    assert without_effect == []

    done = watched.company.migrate(watched.name)

    assert done.doctrine > 0
    assert doctrine_of(watched) == stated
    assert watched.company.migrate(watched.name).doctrine == 0


def test_a_file_that_fails_leaves_everything_as_it_was(watched: TestBrain, sql_dir: Path) -> None:
    (sql_dir / "company" / "migrations" / "9998_more.sql").write_text("CREATE TABLE company.more ();")
    (sql_dir / "patchfirst" / "doctrine" / "999_breaks.sql").write_text("SELECT nonsense;")
    run_sql(watched.as_login("migrate"), "GRANT SELECT ON company.roster TO PUBLIC")
    before = doctrine_of(watched)

    with pytest.raises(SqlFileError, match=r"patchfirst/doctrine/999_breaks\.sql.*nonsense"):
        watched.company.migrate(watched.name, sql_dir=sql_dir)

    assert doctrine_of(watched) == before


def test_a_function_changes_its_result_its_arguments_names_and_defaults(
    brain: TestBrain, sql_dir: Path, state: Callable[[str, str], None]
) -> None:
    forms = [
        "(n integer, m integer DEFAULT 1) RETURNS integer",
        "(n integer, m integer) RETURNS text",
        "(other integer, m integer) RETURNS TABLE (a integer)",
        "(n bigint) RETURNS bigint",
    ]
    for form in forms:
        state("998_changing.sql", f"CREATE OR REPLACE FUNCTION company.changing{form} LANGUAGE sql AS $$ SELECT 1 $$;")
        brain.company.migrate(brain.name, sql_dir=sql_dir)

    rows = run_sql(
        brain.as_login("superuser"), "SELECT oid::regprocedure::text FROM pg_proc WHERE proname = 'changing'"
    )

    assert rows == [{"oid": "company.changing(bigint)"}]


def test_a_view_loses_and_renames_its_columns(
    brain: TestBrain, sql_dir: Path, state: Callable[[str, str], None]
) -> None:
    state("998_view.sql", "CREATE OR REPLACE VIEW company.changing AS SELECT 1 AS a, 2 AS b;")
    state("999_view.sql", "CREATE OR REPLACE VIEW company.upon_it AS SELECT * FROM company.changing;")
    brain.company.migrate(brain.name, sql_dir=sql_dir)

    state("998_view.sql", "CREATE OR REPLACE VIEW company.changing AS SELECT 'x' AS c;")
    brain.company.migrate(brain.name, sql_dir=sql_dir)

    assert run_sql(brain.as_login("migrate"), "SELECT * FROM company.upon_it") == [{"c": "x"}]


def test_what_calls_a_function_that_no_file_names_any_more_fails_as_in_a_fresh_brain(
    brain: TestBrain, sql_dir: Path, state: Callable[[str, str], None]
) -> None:
    state(
        "998_called.sql", "CREATE OR REPLACE FUNCTION company.called() RETURNS text LANGUAGE sql AS $$ SELECT 'x' $$;"
    )
    state("999_calls.sql", "SELECT company.called();")
    brain.company.migrate(brain.name, sql_dir=sql_dir)
    before = doctrine_of(brain)

    state("998_called.sql", "-- Why: empty now.")
    with pytest.raises(SqlFileError, match=r"999_calls\.sql: function company\.called\(\) does not exist"):
        brain.company.migrate(brain.name, sql_dir=sql_dir)

    assert doctrine_of(brain) == before


def test_a_function_on_which_a_column_depends_is_never_dropped_without_notice(watched: TestBrain) -> None:
    login = watched.as_login("migrate")
    run_sql(login, "CREATE FUNCTION company.stray() RETURNS text LANGUAGE sql AS $$ SELECT 'stray' $$")
    run_sql(login, "ALTER TABLE company.task_queue ALTER dedupe_key SET DEFAULT company.stray()")

    with pytest.raises(SqlFileError, match=r"(?s)no file names the function company\.stray\(\), and .*dedupe_key"):
        watched.company.migrate(watched.name)

    run_sql(login, "ALTER TABLE company.task_queue ALTER dedupe_key DROP DEFAULT")


def test_a_view_in_another_schema_that_reads_one_of_ours_is_named_and_never_dropped(brain: TestBrain) -> None:
    admin = brain.as_login("superuser")
    run_sql(admin, "CREATE VIEW public.mine AS SELECT source, age FROM company.source_freshness")
    run_sql(admin, "GRANT SELECT ON company.roster TO PUBLIC")

    with pytest.raises(SqlFileError, match=r"(?s)doctrine cannot be replaced: .*view mine depends on"):
        brain.company.migrate(brain.name)

    assert run_sql(admin, "SELECT source FROM public.mine LIMIT 1") != []


def test_a_stream_that_a_new_migration_creates_is_protected_at_once(brain: TestBrain, sql_dir: Path) -> None:
    (sql_dir / "patchfirst" / "migrations" / "9999_tides.sql").write_text(
        "SELECT company.create_stream('tides', 'patchfirst', 'id text', ARRAY['height real'], fresh_within => '1 day');"
    )

    brain.company.migrate(brain.name, sql_dir=sql_dir)

    assert brain.sql("data_worker", "SELECT * FROM patchfirst.tides_known_at(company.now())") == []
    with pytest.raises(Refused, match="only_its_writers_stage_a_source"):
        brain.sql("data_worker", "INSERT INTO patchfirst.tides_staging VALUES (1, 1, 'a', 1)")


def test_a_migration_runs_without_the_earlier_doctrine(brain: TestBrain, sql_dir: Path) -> None:
    """As in a fresh brain: no view depends on a column, and no trigger protects a row."""
    file_task(brain)
    (sql_dir / "company" / "migrations" / "9999_clean.sql").write_text(
        "UPDATE company.task_events SET reason = 'corrected';"
        "ALTER TABLE company.batches ALTER version TYPE varchar(900);"
    )

    brain.company.migrate(brain.name, sql_dir=sql_dir)

    assert brain.sql("owner", "SELECT DISTINCT reason FROM company.task_events") == [{"reason": "corrected"}]
    with pytest.raises(Refused, match="append_only"):
        run_sql(brain.as_login("migrate"), "UPDATE company.task_events SET reason = 'again'")


def test_sessions_at_work_are_not_refused_while_migrate_runs(brain: TestBrain) -> None:
    workers = [Worker(brain, role) for role in ("data_manager", "scraping_manager", "ceo")]
    for worker in workers:
        worker.start()

    for _ in range(2):
        run_sql(brain.as_login("migrate"), "GRANT SELECT ON company.roster TO PUBLIC")
        assert brain.company.migrate(brain.name).doctrine > 0

    assert [worker.done() for worker in workers] == [[], [], []]


def test_a_session_in_the_middle_of_its_transaction_is_waited_for(brain: TestBrain) -> None:
    worker = brain.connect("data_worker").connection
    worker.execute("BEGIN; SELECT count(*) FROM company.task_queue")
    run_sql(brain.as_login("migrate"), "GRANT SELECT ON company.roster TO PUBLIC")
    Timer(1.5, lambda: worker.execute("COMMIT")).start()

    assert brain.company.migrate(brain.name).doctrine > 0


def test_migrate_gives_up_on_a_session_that_does_not_end_and_names_it(
    brain: TestBrain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctrine, "ATTEMPTS", 2)
    worker = brain.connect("data_worker").connection
    worker.execute("BEGIN; SELECT count(*) FROM company.task_queue")
    run_sql(brain.as_login("migrate"), "GRANT SELECT ON company.roster TO PUBLIC")
    before = doctrine_of(brain)

    with pytest.raises(BrainError, match=f"nothing was migrated: .*now by {brain.company.name}_data_worker;"):
        brain.company.migrate(brain.name)

    worker.execute("COMMIT")
    assert doctrine_of(brain) == before


class Worker(Thread):
    """Files tasks, as many as a role may in a day, and reads, one transaction after another, till asked for errors."""

    MOST = 100

    def __init__(self, brain: TestBrain, role: str) -> None:
        super().__init__()
        self.left = self.MOST
        self.brain, self.role, self.errors, self.is_over = brain, role, list[str](), Event()
        self.way_in = brain.as_role(role)

    def run(self) -> None:
        while not self.is_over.wait(0.02):
            try:
                with self.way_in.transaction():
                    if self.left:
                        file_task(self.brain, self.role, mode="scrape" if "scraping" in self.role else "data")
                        self.left -= 1
                    self.way_in.connection.execute("SELECT * FROM company.read_inbox(), company.source_freshness")
                    self.way_in.connection.execute("SELECT * FROM patchfirst.cve_facts LIMIT 1")
            except BrainError as error:
                self.errors.append(str(error))

    def done(self) -> list[str]:
        self.is_over.set()
        self.join()
        return self.errors
