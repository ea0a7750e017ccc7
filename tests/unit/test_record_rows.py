"""A row becomes the record that its own constructor would make, whatever the record is."""

from collections.abc import Sequence
from dataclasses import FrozenInstanceError, asdict, dataclass, field, replace
from typing import Any, NamedTuple

import pytest
from psycopg.rows import class_row

from company.brain.record_rows import record_row
from tests.support.brains import TestBrain


@dataclass(frozen=True)
class Plain:
    number: int
    word: str


@dataclass(frozen=True)
class Longer(Plain):
    more: Sequence[int] = ()


@dataclass(frozen=True)
class Checked(Plain):
    def __post_init__(self) -> None:
        object.__setattr__(self, "word", self.word.upper())


@dataclass(frozen=True)
class MadeAnew(Plain):
    seen: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class InSlots:
    number: int
    word: str


@dataclass(init=False)
class OwnConstructor:
    number: int
    word: str

    def __init__(self, number: int, word: str) -> None:
        self.number, self.word = -number, word


class Named(NamedTuple):
    number: int
    word: str


KINDS: list[type[Any]] = [Plain, Longer, Checked, MadeAnew, InSlots, OwnConstructor, Named]
ROWS = b"SELECT n AS number, 'w' || n AS word FROM generate_series(1, 3) AS n"


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_is_what_the_constructor_makes(brain: TestBrain, kind: type[Any]) -> None:
    made, expected = (
        brain.admin.cursor(row_factory=factory(kind)).execute(ROWS).fetchall() for factory in (record_row, class_row)
    )

    assert [type(one) for one in made] == [kind] * 3
    assert list(map(_state, made)) == list(map(_state, expected))


def _state(record: Any) -> Any:
    return {name: getattr(record, name) for name in ("number", "word", "more", "seen") if hasattr(record, name)}


def test_a_record_of_a_row_is_equal_frozen_and_can_be_replaced(brain: TestBrain) -> None:
    made = brain.admin.cursor(row_factory=record_row(Longer)).execute(ROWS).fetchone()

    assert made is not None
    assert (made, hash(made), vars(made)) == (Longer(1, "w1"), hash(Longer(1, "w1")), vars(Longer(1, "w1")))
    assert asdict(replace(made, more=(1,))) == {"number": 1, "word": "w1", "more": (1,)}
    with pytest.raises(FrozenInstanceError):
        made.number = 2  # type: ignore[misc]


@pytest.mark.parametrize(
    "query", [b"SELECT 1 AS number", b"SELECT 1 AS number, 'w' AS word, 2 AS other", b"SELECT 1 AS number, 2 AS number"]
)
def test_columns_that_do_not_fit_are_a_type_error(brain: TestBrain, query: bytes) -> None:
    with pytest.raises(TypeError, match="Plain"):
        brain.admin.cursor(row_factory=record_row(Plain)).execute(query).fetchall()


def test_a_statement_without_rows_gives_none(brain: TestBrain) -> None:
    cursor = brain.admin.cursor(row_factory=record_row(Plain)).execute(b"SET application_name = 'x'")

    assert cursor.description is None
