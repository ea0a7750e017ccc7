"""What the brain answers is the same at each asking, in whichever form of Postgres's it came."""

from collections.abc import Mapping
from typing import Any

import psycopg
import pytest

from company.brain.binary import SAME_IN_BINARY
from company.brain.connection import Brain
from tests.support.brains import TestBrain

TEXT, BINARY = 0, 1
"""The form of a column, as Postgres says it."""
ODD_VALUES: Mapping[str, tuple[str, ...]] = {
    "bool": ("true", "false"),
    "int2": ("-32768", "32767"),
    "int4": ("-2147483648", "0"),
    "int8": ("-9223372036854775808", "9223372036854775807"),
    "float8": ("0.1", "-0", "5e-324", "1.7976931348623157e308", "NaN", "-Infinity"),
    "numeric": ("1.50", "-0.000", "NaN", "1e30", "12345678901234567890.000100"),
    "text": ("", "tide 🌊 é", " "),
    "varchar": ("", "tide"),
    "name": ("tide",),
    "bytea": (r"\x", r"\x00ff10"),
    "jsonb": ('{"a": [1, 1.50, 1e400, null, true]}', '"tide"', "null", "[]"),
    "date": ("2024-02-29", "0001-01-01", "9999-12-31"),
    "timestamptz": ("2026-11-29 01:02:03.000004+02", "0001-01-01 00:00 UTC", "9999-12-31 23:59:59.999999 UTC"),
    "interval": ("1 year 2 mons 3 days 04:05:06.7", "-14 mons", "-1 day 1 hour", "-00:00:00.5", "36 hours"),
}
"""The ends of each type, what rounds, and what is left out when it is empty."""


def test_every_type_has_odd_values() -> None:
    assert set(ODD_VALUES) == set(SAME_IN_BINARY)


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind in ODD_VALUES for value in ODD_VALUES[kind]])
def test_a_value_is_the_same_in_both_forms(brain: TestBrain, kind: str, value: str) -> None:
    one, many = f"$1::text::{kind}", f"ARRAY[$1::text::{kind}, NULL]"
    query = f"SELECT {one}, {many}, ARRAY[{many}], NULL::{kind}, '{{}}'::{kind}[]".encode()
    forms = [
        psycopg.RawCursor(brain.admin).execute(query, (value,), binary=is_binary).fetchone()
        for is_binary in (False, True)
    ]

    assert repr(forms[0]) == repr(forms[1])


@pytest.mark.parametrize(
    ("expression", "value"),
    [("0.1::real", 0.1), ("ARRAY[0.1::real]", [0.1]), ("'pg_class'::regclass", "pg_class"), ("7::bigint", 7)],
)
def test_an_answer_does_not_change_with_its_form(brain: TestBrain, expression: str, value: object) -> None:
    asked = Brain(brain.admin, {"tide": f"SELECT {expression} AS tide, 1 AS port".encode()})

    assert [asked.one("tide") for _ in range(3)] == [{"tide": value, "port": 1}] * 3


def test_what_is_the_same_comes_in_binary_from_the_second_time_on(
    brain: TestBrain, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Brain(brain.admin, {"tide": b"SELECT 7 AS tide", "wave": b"SELECT 7 AS tide, 0.5::real AS wave"})
    forms: list[int] = []
    execute = psycopg.RawCursor.execute

    def noting(cursor: Any, *args: Any, **options: Any) -> Any:
        made = execute(cursor, *args, **options)
        forms.append(cursor.pgresult.fformat(0))
        return made

    monkeypatch.setattr(psycopg.RawCursor, "execute", noting)
    for query in ("tide", "wave", "tide", "wave", "tide"):
        asked.one(query)

    assert forms == [TEXT, TEXT, BINARY, TEXT, BINARY]
