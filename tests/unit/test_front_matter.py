"""Plain front matter means what YAML says that it means, and what is not plain is left to YAML."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from company.text.front_matter import read_plain
from company.text.yaml_once import read_yaml
from tests.contracts.repository import FUNCTIONS

PIECES = ("name", "metadata", "on", "no", "Null", "true", "y", "e", "3", "0", "007", "0.10", "1e3", "2026-01-02", "1_0")
SIGNS = (
    ": ",
    ":",
    "\n",
    "\n  ",
    "\n    ",
    " ",
    "[",
    "]",
    "{",
    "}",
    ", ",
    ",\n    ",
    " #",
    "- ",
    "'",
    "(1)",
    "*",
    "?",
    "\t",
)


@given(st.lists(st.sampled_from((*PIECES, *SIGNS)), max_size=30).map("".join))
@example("name: 3\nmetadata:\n  tools: [a,\n    b]\n  budget: {usd: 0.10, seconds: 60}\n")
@example("name: a\n  b: c\n")
@example("metadata:\n  a: b\nname: c\n  d: e\n")
@example("name: a  b ,c\n")
def test_what_is_plain_means_the_same_in_yaml(text: str) -> None:
    plain = read_plain(text)

    assert not plain or repr(plain) == repr(read_yaml(text))


@pytest.mark.parametrize(
    "text",
    [
        "name: yes\n",
        "on: true\n",
        "name: 2026-01-02\n",
        "name: 007\n",
        "name: a #b\n",
        "name: 'a'\n",
        "name: a\nname: b\n",
        "metadata:\n",
        "metadata:\n  a:\n",
        "tools: [on, b]\n",
        "budget: {usd: Null}\n",
        "budget: {usd: 1, usd: 2}\n",
        "name: a",
    ],
)
def test_what_yaml_may_read_in_another_way_is_left_to_it(text: str) -> None:
    assert read_plain(text) is None


def test_the_records_of_the_staff_are_plain() -> None:
    """Else their fires import YAML at each cold start."""
    fronts = {path.parent.name: path.read_text().split("---\n", 2)[1] for path in FUNCTIONS.glob("*/[SM]*.md")}

    plain = {role: front for role, front in fronts.items() if read_plain(front)}

    assert len(plain) == len(fronts)
    assert all(read_plain(front) == read_yaml(front) for front in plain.values())
