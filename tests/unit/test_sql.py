"""Named queries: one name, one line of purpose, one statement; and the errors of Postgres as the company's errors."""

from pathlib import Path

import psycopg
import pytest

from company.brain import Brain, connect
from company.brain.sql import by_position, load_queries
from company.errors import BrainError, BrainUnreachable, Refused, SqlFileError
from company.settings import Settings
from tests.support.brains import SQL, TestBrain, run_sql


def queries(tmp_path: Path, text: str, package: str = "company") -> Path:
    folder = tmp_path / package / "queries"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tides.sql").write_text(text)
    return tmp_path


def test_a_file_gives_its_queries_by_name(tmp_path: Path) -> None:
    found = load_queries(
        queries(tmp_path, "-- name: one\n-- The first.\nSELECT 1;\n\n-- name: two\n-- The next.\nSELECT 2\n"), "company"
    )

    assert found == {"one": b"SELECT 1", "two": b"SELECT 2"}


def test_a_deployed_change_of_a_file_is_in_the_products_package_and_takes_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "code/tidal").mkdir(parents=True)
    (tmp_path / "code/tidal/__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path / "code")
    released = queries(tmp_path, "-- name: one\n-- The first.\nSELECT 1\n", "tidal")
    queries(tmp_path / "code", "-- name: one\n-- The first.\nSELECT 2\n", "tidal")
    (tmp_path / "code/tidal/queries/more.sql").write_text("-- name: more\n-- No release has it.\nSELECT 3\n")

    assert load_queries(released, "tidal") == {"one": b"SELECT 2"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT 1", "text before the first"),
        ("-- name: one\nSELECT 1", "needs one line of purpose"),
        ("-- name: one\n-- The first.\n", "needs one line of purpose and a statement"),
        ("-- name: one\n-- a\nSELECT 1\n-- name: one\n-- b\nSELECT 2", "the query one is defined twice"),
    ],
)
def test_a_malformed_file_says_which_and_why(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SqlFileError, match=message) as caught:
        load_queries(queries(tmp_path, text), "company")
    assert "tides.sql" in str(caught.value)


def test_a_name_occurs_once_in_the_company_and_its_product(tmp_path: Path) -> None:
    text = "-- name: one\n-- The first.\nSELECT 1"
    queries(tmp_path, text, "company")
    queries(tmp_path, text, "tides")

    with pytest.raises(SqlFileError, match=r"tides/queries/tides\.sql: the query one is defined twice"):
        load_queries(tmp_path, "company", "tides")


def test_a_wrong_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(SqlFileError, match="is SQL_DIR right"):
        load_queries(tmp_path, "company")


def test_every_query_can_be_planned_by_postgres(steadfast_brain: TestBrain) -> None:
    """A query that names a column or a function that does not exist fails here, and not in production."""
    broken: dict[str, str] = {}

    for name, text in load_queries(SQL, "company").items():
        try:
            run_sql(steadfast_brain.as_login("superuser"), f"PREPARE planned AS {by_position(text)[0].decode()}")
            run_sql(steadfast_brain.as_login("superuser"), "DEALLOCATE planned")
        except BrainError as error:
            broken[name] = str(error)

    assert {name: why for name, why in broken.items() if "could not determine data type" not in why} == {}


def test_an_unknown_query_is_named(steadfast_brain: TestBrain) -> None:
    with pytest.raises(BrainError, match="no query named sail_away"):
        steadfast_brain.owner.one("sail_away")


def test_a_statement_says_the_place_of_each_name_once() -> None:
    statement = b"SELECT %(tide)s, '100%%', %(port)s WHERE %(tide)s LIKE '%%high%%'"

    assert by_position(statement) == (b"SELECT $1, '100%', $2 WHERE $1 LIKE '%high%'", ("tide", "port"))


@pytest.mark.parametrize("text", [b"SELECT 'half %'", b"SELECT 5 % 2", b"SELECT %s", b"SELECT %(tide)b"])
def test_a_percent_sign_that_is_no_name_is_refused(text: bytes) -> None:
    with pytest.raises(SqlFileError, match="a % is written %%"):
        by_position(text)


def test_a_value_that_is_not_given_is_named_with_its_query(steadfast_brain: TestBrain) -> None:
    brain = Brain(steadfast_brain.owner.connection, {"tides": b"SELECT %(tide)s::text, %(port)s::text"})

    assert brain.one("tides", tide="high", port="north", moon="full") is not None
    with pytest.raises(BrainError, match="the query tides needs a value for port"):
        brain.one("tides", tide="high")


def test_a_query_that_must_return_a_row_reports_when_it_did_not(steadfast_brain: TestBrain) -> None:
    brain = Brain(steadfast_brain.owner.connection, {"nothing": b"SELECT 1 WHERE false"})

    with pytest.raises(BrainError, match="the query nothing gave no row"):
        brain.value("nothing")


def test_a_broken_rule_has_its_name(steadfast_brain: TestBrain) -> None:
    with pytest.raises(Refused) as caught:
        run_sql(steadfast_brain.owner.connection, "SELECT company.refuse('tides_come_twice', 'a day')")

    assert (caught.value.rule, str(caught.value)) == ("tides_come_twice", "tides_come_twice: a day")


def test_a_brain_that_does_not_answer_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(
        role="ceo",
        company="tides",
        vertical="tides",
        brain_dsn="postgresql://127.0.0.1:1/tides",
        brain_password="not-a-secret",
    )

    with pytest.raises(BrainUnreachable, match="the brain did not answer tides_ceo") as caught:
        connect(settings)
    assert "not-a-secret" not in str(caught.value)


def test_a_fault_that_is_no_rule_keeps_its_code(steadfast_brain: TestBrain) -> None:
    with pytest.raises(BrainError, match=r"\(22012\)") as caught:
        run_sql(steadfast_brain.owner.connection, "SELECT 1 / 0")
    assert isinstance(caught.value.__cause__, psycopg.errors.DivisionByZero)
