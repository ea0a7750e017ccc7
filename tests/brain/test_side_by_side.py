"""Old and new side by side: a deploy changes the brain first and the functions after it, and a rollback the other way.

For some minutes functions of before work on the brain of the next release. A release that only adds (a column, a table,
an argument with a default) is not noticed by them; what it takes away fails them clearly, and Lambda's retry comes with
the new code. The next release is this one's SQL with such changes in it.
"""

import re
from pathlib import Path

import pytest

from company.errors import BrainError
from company.fire.fire import Fire
from company.outcomes import Done
from tests.pipeline import conftest as pipeline
from tests.pipeline.works import Works, kev_of
from tests.support.brains import TestBrain, run_sql
from tests.support.catalogues import doctrine_of
from tests.support.fires import Fires

GROWN = (
    "sessions",
    "slots",
    "task_queue",
    "findings",
    "inbox",
    "outbox",
    "alerts",
    "batches",
    "decisions",
    "deliveries",
)
EXPANDED = "-- Why: the next release.\n" + "\n".join(
    f"ALTER TABLE company.{table} ADD COLUMN of_next text NOT NULL DEFAULT 'new';" for table in GROWN
)
ADDED = """-- Why: the next release.
CREATE OR REPLACE FUNCTION company.of_next() RETURNS text LANGUAGE sql AS $$ SELECT 'new' $$;
GRANT EXECUTE ON FUNCTION company.of_next() TO @staff@;
"""
GONE = "note_window"
"""A function that heartbeat of today calls, and the release after it does not have."""
NEXT = ("company", "migrations", "9000_next_release.sql")

works = pipeline.works


@pytest.fixture
def next_release(sql_dir: Path) -> Path:
    """This release's SQL with columns more in the busiest tables, a function more, and an argument more."""
    sql_dir.joinpath(*NEXT).write_text(EXPANDED)
    (sql_dir / "company/doctrine/999_next_release.sql").write_text(ADDED)
    sessions = sql_dir / "company/doctrine/050_sessions.sql"
    text = sessions.read_text()
    longer = text.replace(
        "my_facts jsonb, my_task bigint\n)", "my_facts jsonb, my_task bigint, of_next text DEFAULT ''\n)"
    )
    assert longer != text
    sessions.write_text(
        longer.replace("(bigint, text, text, jsonb, bigint) TO", "(bigint, text, text, jsonb, bigint, text) TO")
    )
    return sql_dir


def contract(sql_dir: Path) -> None:
    """Takes the function out of the SQL, with its grants."""
    file = sql_dir / "company/doctrine/090_schedules.sql"
    text = re.sub(rf"CREATE OR REPLACE FUNCTION company\.{GONE}\(.*?\n(?=\n)", "", file.read_text(), flags=re.DOTALL)
    assert GONE not in text
    file.write_text(text)


def names_of(brain: TestBrain) -> set[tuple[str, ...]]:
    """Kinds and names of all doctrine. A view's text may name a column more of the table that it reads."""
    return {entry[:2] for entry in doctrine_of(brain)}


def read_all(works: Works, day: int) -> list[str]:
    """One edition from the feed to the list, by the containers that the works have; how each fire ended."""
    works.serve_only("kev", kev_of(5 + day), f"2026-03-{day:02}T17:00:00Z")
    fires = works.run("scrape_kev", "check", "promote", "score", "data_manager")
    return [str(fire["outcome"]) for fire in fires]


def test_functions_of_before_work_on_a_brain_that_grew_and_on_one_that_was_rolled_back(
    works: Works, next_release: Path
) -> None:
    brain, stated = works.brain, names_of(works.brain)
    ends = [read_all(works, 6)]
    there = brain.company.migrate(brain.name, sql_dir=next_release)
    ends.append(read_all(works, 7))
    grown = names_of(brain)

    back = brain.company.migrate(brain.name)
    ends.append(read_all(works, 8))

    assert ends == [["done"] * 5] * 3
    assert (there.migrations, back.migrations) == (1, 0)
    assert ("function", "company.of_next()") in grown and names_of(brain) ^ stated == set()
    # What the new release wrote is still there, for the next try.
    assert run_sql(brain.as_login("migrate"), "SELECT DISTINCT of_next FROM company.batches") == [{"of_next": "new"}]


def test_a_session_that_is_open_while_the_next_release_arrives_ends_well(
    brain: TestBrain, fire: Fires, next_release: Path
) -> None:
    def work(fire: Fire) -> Done:
        for number in range(12):  # psycopg prepares a statement at its fifth use, and the plan is of the old tables
            fire.learn("looked", f"part {number}")
            fire.brain.all("read_inbox")
            if number == 6:
                brain.company.migrate(brain.name, sql_dir=next_release)
        return Done({"looked": 12})

    answer = fire("check", work)

    assert answer["outcome"] == "done"
    assert brain.sql("owner", "SELECT count(*) AS n FROM company.session_log WHERE kind = 'looked'") == [{"n": 12}]


def test_what_the_next_release_took_away_fails_the_old_code_and_its_retry_is_the_new_codes(
    brain: TestBrain, fire: Fires, sql_dir: Path
) -> None:
    contract(sql_dir)
    brain.company.migrate(brain.name, sql_dir=sql_dir)

    def old(fire: Fire) -> Done:
        fire.brain.run(GONE, schedule="check", minutes=0)
        return Done({"looked": 1})

    with pytest.raises(BrainError, match=f"function company.{GONE}"):
        fire("heartbeat", old, due_at=brain.now())
    between = brain.sql("owner", "SELECT status FROM company.slots WHERE schedule = 'heartbeat'")
    answer = fire("heartbeat", lambda _: Done({"looked": 1}), due_at=brain.now())

    [slot] = brain.sql("owner", "SELECT status, attempts FROM company.slots WHERE schedule = 'heartbeat'")
    assert between == [{"status": "running"}]
    assert (answer["outcome"], slot) == ("done", {"status": "succeeded", "attempts": 2})
