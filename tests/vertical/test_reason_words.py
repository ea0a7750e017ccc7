"""The words of reasons: what is rounded never says more than is so."""

import pytest

from patchfirst.reason_words import place_text, probability_text


@pytest.mark.parametrize(
    ("epss", "said"), [(0.9961, "0.99"), (0.99, "0.99"), (1.0, "1.00"), (0.41, "0.41"), (0.00043, "0.00043")]
)
def test_less_than_certain_is_not_said_to_be_certain(epss: float, said: str) -> None:
    assert probability_text(epss) == said


@pytest.mark.parametrize(("percentile", "said"), [(0.99996, "99.9 %"), (1.0, "99.9 %"), (0.973, "97.3 %")])
def test_no_cve_is_above_all_of_them(percentile: float, said: str) -> None:
    assert place_text(percentile) == said
