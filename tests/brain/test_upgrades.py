"""A brain of the last release becomes, by one migrate, what a fresh brain is.

releases/sql-<version>.tar.gz is that release's SQL, made in the root of the release's checkout by GNU tar:

    tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX -cf - \
      sql/*/migrations sql/*/doctrine | gzip -n9 > tests/brain/releases/sql-<version>.tar.gz
"""

import re
import tarfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from company.brain.logins import KINDS, names_in_sql
from company.brain.migrations import MAKE_APPLIED, RECORD
from company.brain.sql_files import Kind, SqlFile, read_files, run_file
from company.owner.alert_wording import body_of, subject_of
from company.pages.org import UnsentAlert
from tests.brain.test_spending import settle
from tests.brain.test_sums_of_spending import CALLS_OF_FIRES, SUMS_OF_FIRES
from tests.support.acts import session_of
from tests.support.brains import VERTICAL, Company, TestBrain, empty_brain_of, run_sql
from tests.support.catalogues import doctrine_of, shape_of

[LAST_RELEASE] = (Path(__file__).parent / "releases").glob("sql-*.tar.gz")
KEPT_FROM_EARLIER_RELEASES = """
-- With the names of that release, also where today's names differ.
GRANT EXECUTE ON FUNCTION company.end_dead_sessions() TO @login:data_worker@;
CREATE FUNCTION company.folded(text) RETURNS text LANGUAGE sql AS $$ SELECT lower($1) $$;
CREATE FUNCTION company.may_act_by_model() RETURNS boolean LANGUAGE sql AS $$ SELECT true $$;
GRANT EXECUTE ON FUNCTION company.may_act_by_model() TO @staff@;
INSERT INTO company.brain (file_key, content, updated_by) VALUES ('PROJECT_STATUS', 'All is well.', 'ceo');
INSERT INTO company.task_queue (mode, title, created_by) VALUES ('data', 'filed under the last release', 'ceo');
INSERT INTO company.findings (fingerprint, kind, subject, level, title, effect, watcher, found_by)
VALUES ('stale:a_feed', 'stale', 'a_feed', 'ring', 'a_feed is stale', '', 'data_manager', 'check'),
  ('model:misconfigured', 'model_misconfigured', 'anthropic', 'today', 'refused', '', 'ceo', 'any_session');
"""
ANSWERED_BY_SILENCE = """
INSERT INTO company.decisions (fingerprint, question, options, recommendation, default_option, asked_by, answer_by,
  subject, answer, answered_by, answered_at)
SELECT n::text, 'On?', '{"yes": "", "no": ""}', 'yes', 'yes', 'data_manager', company.now(),
  '{"schedule": "data_auditor"}', CASE n WHEN 1 THEN 'yes' END, CASE n WHEN 1 THEN 'silence' END,
  CASE n WHEN 1 THEN company.now() END
FROM generate_series(1, 2) AS n
"""


def _extract(archive: tarfile.TarFile, to: Path) -> None:
    """File by file: extractall knows its filter only since Python 3.11.4, and warns without one since 3.12."""
    for member in archive.getmembers():
        if member.isfile():
            file, target = archive.extractfile(member), to / member.name
            assert file is not None
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read())


@pytest.fixture
def old_brain(template_brain: Company, tmp_path: Path) -> Iterator[TestBrain]:
    """A brain as the last release's migrate made it, with what that release kept of earlier ones."""
    with tarfile.open(LAST_RELEASE) as archive:
        _extract(archive, tmp_path)
    with empty_brain_of(template_brain) as brain:
        _apply_as_then(brain, tmp_path / "sql")
        yield brain


def test_a_brain_of_the_last_release_becomes_what_a_fresh_one_is(old_brain: TestBrain, live_brain: TestBrain) -> None:
    old_brain.company.migrate(old_brain.name)

    assert doctrine_of(old_brain) ^ doctrine_of(live_brain) == set()
    assert shape_of(old_brain) ^ shape_of(live_brain) == set()


def test_an_upgrade_keeps_the_data_and_is_done_once(old_brain: TestBrain) -> None:
    old_brain.company.migrate(old_brain.name)

    again = old_brain.company.migrate(old_brain.name)

    assert (again.migrations, again.doctrine) == (0, 0)
    assert old_brain.sql("owner", "SELECT content FROM company.brain WHERE file_key = 'PROJECT_STATUS'") == [
        {"content": "All is well."}
    ]
    assert old_brain.sql("owner", "SELECT title, status FROM company.task_queue") == [
        {"title": "filed under the last release", "status": "pending"}
    ]


def test_an_alert_of_the_last_release_keeps_its_text(old_brain: TestBrain) -> None:
    old_brain.company.migrate(old_brain.name)

    [alert] = old_brain.owner.rows(UnsentAlert, "alerts_on_the_way")
    assert subject_of(alert) == "a_feed is stale"
    assert body_of(alert, "UTC").splitlines()[-1] == f"watchbill why F-{alert.finding_id}"


def test_a_model_that_refused_under_the_last_release_is_still_one_finding(old_brain: TestBrain) -> None:
    old_brain.company.migrate(old_brain.name)
    session = session_of(old_brain, "data_worker")

    old_brain.as_role("data_worker").run(
        "note_model_down", session_id=session, model="anthropic", is_refusal=True, why="401"
    )

    asked = "SELECT times_seen FROM company.findings WHERE kind = 'model_endpoint'"
    assert old_brain.sql("owner", asked) == [{"times_seen": 2}]


def test_what_silence_answered_under_the_last_release_is_acted_upon_no_more(old_brain: TestBrain) -> None:
    run_sql(old_brain.as_login("migrate"), ANSWERED_BY_SILENCE)
    old_brain.company.migrate(old_brain.name)
    old_brain.as_role("ceo").run("let_silence_answer")

    assert old_brain.as_role("data_manager").all("my_answered_decisions") == []
    said = old_brain.sql("owner", "SELECT answer, answered_by, outcome FROM company.decisions ORDER BY id")
    assert [row["answer"] for row in said] == ["yes", None]
    assert {(row["answered_by"], row["outcome"]) for row in said} == {("silence", "nothing was done")}


def _apply_as_then(brain: TestBrain, sql_dir: Path) -> None:
    """Migrations, then doctrine, file by file, without dropping anything, as every migrate did then."""
    connection = brain.as_login("migrate")
    run_sql(connection, MAKE_APPLIED)
    run_sql(connection, "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC")
    migrations, rules = _files(sql_dir, "migrations"), _files(sql_dir, "doctrine")
    left = SqlFile("company", "doctrine", "left", KEPT_FROM_EARLIER_RELEASES)
    roles = re.findall(r"@login:([a-z0-9_]+)@", "".join(file.text for file in (*rules, left)))
    names = names_in_sql(brain.company.name, roles)
    to_each_kind = {**names, "staff": ", ".join(names[kind] for kind in KINDS)}
    for file in (*migrations, *rules, left):
        run_file(connection, file, to_each_kind)
    for file in migrations:
        connection.execute(RECORD, (file.package, file.name, file.digest))
    connection.execute(RECORD, ("doctrine", "all", "of the last release"))


def _files(sql_dir: Path, kind: Kind) -> list[SqlFile]:
    return [file for package in ("company", VERTICAL) for file in read_files(sql_dir, package, kind)]


CUSTOMER_OF_THEN = """
INSERT INTO company.customers (name, email, kind, filters)
VALUES ('Alder Bank', 'a@a.invalid', 'brief', '{"vendors": ["Harbourgate"], "min_score": 0}');
SET session_replication_role = replica;
INSERT INTO patchfirst.kev (cve, vendor, product, first_seen_at, valid_from, batch_id)
VALUES ('CVE-2025-90001', 'HARBOURGATE INC', 'Edge Firewall', now(), now(), 1),
  ('CVE-2025-90002', 'n/a', '', now(), now(), 1);
"""


def test_a_customer_of_the_last_release_finds_its_vendors(old_brain: TestBrain) -> None:
    old_brain.admin.execute(CUSTOMER_OF_THEN)
    old_brain.company.migrate(old_brain.name)

    found = old_brain.sql(
        "deliver", "SELECT c AS cve FROM patchfirst.watch_of(1) w, patchfirst.cves_of(w.vendors, w.products) AS c"
    )

    assert found == [{"cve": "CVE-2025-90001"}]


CALLS_OF_THEN = """
SET session_replication_role = replica;
INSERT INTO company.sessions (id, role, schedule, due_at, request_id, attempt, deadline_at) OVERRIDING SYSTEM VALUE
VALUES (1, 'data_worker', 'data_worker', now(), 'a', 1, 'infinity'), (2, 'ceo', 'ceo', now(), 'b', 1, 'infinity');
INSERT INTO company.spend (session_id, role, model, priced_as, at, state, most_input, most_output, reserved_usd, input,
  output, cache_write, cache_read, cost_usd, ended_at)
SELECT s, r, 'claude-haiku-4-5', 'claude-haiku-4-5', company.now(), state, 4000, 1000, 0.01, 100, 200, 1000, 5000,
  0.00285, CASE WHEN state <> 'reserved' THEN company.now() END
FROM (VALUES (1, 'data_worker'), (2, 'ceo')) AS of (s, r), unnest(ARRAY['settled', 'reserved', 'released']) AS state
WHERE s = 1 OR state = 'released';
"""


def test_what_calls_came_to_under_the_last_release_they_come_to_now(old_brain: TestBrain) -> None:
    old_brain.admin.execute(CALLS_OF_THEN)
    before = old_brain.sql("owner", CALLS_OF_FIRES)

    old_brain.company.migrate(old_brain.name)

    assert [(row["calls"], row["tokens"]) for row in before] == [(2, 6300), (0, 0)]
    assert old_brain.sql("owner", SUMS_OF_FIRES) == before == old_brain.sql("owner", CALLS_OF_FIRES)


def test_a_call_that_was_reserved_under_the_last_release_is_settled_now(old_brain: TestBrain) -> None:
    old_brain.admin.execute(CALLS_OF_THEN)
    old_brain.company.migrate(old_brain.name)
    [reserved] = old_brain.sql("owner", "SELECT id FROM company.spend WHERE state = 'reserved'")

    assert settle(old_brain, reserved["id"]) == Decimal("0.00285")
    assert old_brain.sql("owner", SUMS_OF_FIRES) == old_brain.sql("owner", CALLS_OF_FIRES)
