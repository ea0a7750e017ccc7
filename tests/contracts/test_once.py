"""What a rule computes stands in one place of the doctrine, so that a correction of it is whole."""

import re

import pytest

from tests.contracts.repository import ROOT

PLACES = {
    "the tokens of one kind": r"WHEN 'input' THEN n_input",
    "the last name of an entry of the list": r"FROM patchfirst\.kev_history h[^;]*?ended_how <> 'undone'[^;]*?LIMIT 1",
}


@pytest.mark.parametrize("what", PLACES)
def test_what_a_rule_computes_stands_once(what: str) -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "sql").glob("*/doctrine/*.sql"))]

    assert sum(len(re.findall(PLACES[what], text)) for text in texts) == 1
