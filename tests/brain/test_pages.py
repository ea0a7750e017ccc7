"""The brain's pages: each has one writer, and no earlier text is lost."""

import pytest

from tests.support.acts import file_task
from tests.support.brains import TestBrain, run_sql
from tests.support.refusals import refused


@pytest.mark.parametrize(
    ("role", "key"),
    [
        ("ceo", "SKILL_CEO"),
        ("ceo", "MEMORY_DATA_WORKER"),
        ("data_worker", "SKILL_DATA_WORKER"),
        ("data_worker", "PROJECT_STATUS"),
        ("data_manager", "PRODUCT"),
        ("owner", "PROJECT_STATUS"),
    ],
)
def test_each_page_of_the_brain_has_its_writer(brain: TestBrain, role: str, key: str) -> None:
    with refused("each_page_of_the_brain_has_its_writer"):
        brain.as_role(role).run("write_brain", key=key, content="I may do anything")


def test_a_login_that_is_not_on_the_roster_writes_no_page(brain: TestBrain) -> None:
    with refused("each_page_of_the_brain_has_its_writer"):
        run_sql(brain.as_login("superuser"), "SELECT company.write_brain('PROJECT_STATUS', 'mine now')")


def test_every_earlier_text_is_kept(brain: TestBrain) -> None:
    for text in ("first", "second", "second"):
        brain.as_role("ceo").run("write_brain", key="PROJECT_STATUS", content=text)

    kept = brain.sql("owner", "SELECT content FROM company.brain_history WHERE file_key = 'PROJECT_STATUS' ORDER BY id")

    assert [row["content"] for row in kept][1:] == ["first"]


@pytest.mark.parametrize("table", ["brain_history", "task_events"])
@pytest.mark.parametrize("statement", ["UPDATE company.{table} SET id = DEFAULT", "DELETE FROM company.{table}"])
def test_brain_history_and_task_events_are_append_only(brain: TestBrain, table: str, statement: str) -> None:
    brain.as_role("ceo").run("write_brain", key="PROJECT_STATUS", content="new")
    file_task(brain)

    with refused(f"{table}_is_append_only"):
        run_sql(brain.as_login("migrate"), statement.format(table=table))
