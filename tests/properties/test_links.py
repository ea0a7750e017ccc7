"""A link to a decision carries all of its token, and the brain gets nothing from which the token could be computed."""

import re
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from company.brain import Brain
from company.owner.decision_links import PATH, hashed, issue


class Kept:
    """What the brain was asked to keep."""

    def __init__(self) -> None:
        self.values: list[dict[str, Any]] = []

    def run(self, name: str, **values: Any) -> None:
        self.values.append({"query": name, **values})


@given(decision_id=st.integers(1, 2**31 - 1))
def test_the_brain_keeps_the_hash_of_the_token_in_the_link(decision_id: int) -> None:
    brain = Kept()

    links = [issue(cast(Brain, brain), decision_id) for _ in range(2)]

    tokens = [link.removeprefix(PATH) for link in links]
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{32,}", token) for token in tokens) and len(set(tokens)) == 2
    assert [kept["token_sha256"] for kept in brain.values] == [hashed(token) for token in tokens]
    assert not any(token in str(brain.values) for token in tokens)


@given(one=st.text(), other=st.text())
def test_another_token_has_another_hash(one: str, other: str) -> None:
    if any(0xD800 <= ord(letter) <= 0xDFFF for letter in one + other):
        return

    assert (hashed(one) == hashed(other)) == (one == other)
    assert len(hashed(one)) == 32
