"""A text that does not fit is shortened by whole clauses, and never within a word, a number or a bracket."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from company.text.clauses import DOTS, fitted

NOTE = "6 of 7 sources fresh: epss is 41 h old (limit 29 h); 3 tasks open (0 a day ago), 2 blocked; 1,204 rows wait"


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (200, NOTE),
        (len(NOTE), NOTE),
        (len(NOTE) - 1, "6 of 7 sources fresh: epss is 41 h old (limit 29 h); 3 tasks open (0 a day ago), 2 blocked"),
        (80, "6 of 7 sources fresh: epss is 41 h old (limit 29 h); 3 tasks open"[:51]),
        (40, "6 of 7 sources fresh: epss is 41 h" + DOTS),
    ],
)
def test_whole_clauses_are_kept(width: int, expected: str) -> None:
    assert fitted(NOTE, width) == expected


def test_an_id_is_kept_whole_or_left_out() -> None:
    assert fitted("4 changes, first CVE-2016-91692", 30) == "4 changes"


def test_a_word_beyond_all_measure_is_cut() -> None:
    assert fitted("x" * 500, 30) == "x" * 27 + "..."


@given(st.text(alphabet=st.sampled_from("ab1 ;,.(·)-"), max_size=120), st.integers(8, 130))
def test_any_text_fits_and_ends_at_the_end_of_a_word(text: str, width: int) -> None:
    short = fitted(text, width)

    assert len(short) <= width
    kept = short.removesuffix("...").removesuffix(" ") if short != text else short
    assert text.startswith(kept)
    if kept != text and short == kept:
        assert text[len(kept)] in " ;,·"
