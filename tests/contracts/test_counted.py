"""A number before a noun is worded by the one helper, so that nobody reads "1 rows"."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from company.text.wording import counted
from tests.contracts.repository import ROOT
from tests.support.brains import TestBrain

NOUNS = (
    "alarms|attempts|batches|beats|calls|changes|customers|days|deliveries|editions|entries|escalations|failures|"
    "files|findings|fires|keys|ledgers|letters|lines|lists|questions|records|roles|rows|schedules|sessions|slots|"
    "sources|tables|tasks|tests|times|turns|others"
)
AFTER_A_NUMBER = re.compile(rf" (?:(?:more|other|open|future|planted) )?(?:{NOUNS})\b")
IN_A_TEMPLATE = re.compile(rf"\}}\}}(?:</b>)? (?:(?:planted|open) )?(?:{NOUNS})\b")
IN_SQL = re.compile(r"(?<!of )%s (?:ledgers|fires|others|rows are|tasks)\b")
CONSTANT = re.compile(r"[A-Z_]+|[A-Z]\w+\.[A-Z_]+")
ROOMS = ("layers/company", "layers/patchfirst", "functions", "watchbill")
NO_NUMBERS = {
    # Words and not numbers, numbers of which only more than one is said, and columns of a table.
    "{source.name} changes", "{calls} times", "{len(files)} files", "{len(words)} letters", "{len(names)} schedules",
    "{past.get('calls', 0)} calls", "{parsed.staged} rows", "{progress.fires} fires", "{estimate.fires} fires",
    "{self.fires} fires", "{report.fires} fires",
    "{role} fires", "{name} fires", "{many} sources", "{said} entries", "{self.waiting_editions} editions",
    "{len(named)} schedules", "{format_number(facts.published)} schedules", "{number_in_words(len(due))} customers",
}  # fmt: skip


def _texts(path: Path) -> Iterator[str]:
    """'{len(rows)} rows' of each f-string, where what is before the noun is no constant of ours."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.JoinedStr):
            for value, after in zip(node.values, node.values[1:], strict=False):
                if isinstance(value, ast.FormattedValue) and isinstance(after, ast.Constant):
                    found, name = AFTER_A_NUMBER.match(str(after.value)), ast.unparse(value.value)
                    if found and not CONSTANT.fullmatch(name):
                        yield f"{{{name}}}{found[0]}"


def _files(ending: str) -> Iterator[Path]:
    for room in ROOMS:
        yield from sorted((ROOT / room).rglob(f"*.{ending}"))


def test_every_number_before_a_noun_is_counted() -> None:
    found = [f"{path.relative_to(ROOT)}: {text}" for path in _files("py") for text in _texts(path)]

    assert [text for text in found if text.partition(": ")[2] not in NO_NUMBERS] == []


def test_every_number_before_a_noun_of_a_page_is_counted() -> None:
    found = [(path.name, text) for path in _files("j2") for text in IN_A_TEMPLATE.findall(path.read_text("utf-8"))]

    assert found == []


def test_every_number_before_a_noun_of_the_doctrine_is_counted() -> None:
    files = sorted((ROOT / "sql").glob("*/doctrine/*.sql"))

    assert [(path.name, text) for path in files for text in IN_SQL.findall(path.read_text("utf-8"))] == []


@pytest.mark.parametrize("number", [0, 1, 2, 1204, 1_234_567])
def test_the_doctrine_counts_as_the_pages_do(brain: TestBrain, number: int) -> None:
    asked = "SELECT company.counted(%(n)s::bigint, 'row') AS a, company.counted(%(n)s::bigint, 'try', 'tries') AS b"

    [row] = brain.sql("owner", asked, n=number)

    assert dict(row) == {"a": counted(number, "row"), "b": counted(number, "try", "tries")}
