"""Figures in prose: those among the facts are known in every way of writing them, all others are named."""

import json

from hypothesis import example, given
from hypothesis import strategies as st

from company.brief.figures import stray_figures
from company.fire.closing_note import KnownFigures, figures_of, fit_note, form_error
from company.text.wording import SMALL, TENS, in_letters, value_of

COUNTS = st.integers(0, 10**12)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=8,
)
PROSE = st.lists(
    st.one_of(
        st.text(max_size=8),
        st.integers(0, 10**6).map("{:,}".format),
        st.sampled_from(
            ["F-1", "07:00", "$1.64", "42h", "3rd", "half", "twenty-one", "two dozen", "(5x)", "12 %", "1/2"]
        ),
    ),
    max_size=8,
).map(" ".join)


def in_words(number: int) -> str:
    """A number below a billion as English writes it; written independently of the reader under test."""
    for scale, name in ((10**6, "million"), (1000, "thousand"), (100, "hundred")):
        if number >= scale:
            rest = f" {in_words(number % scale)}" if number % scale else ""
            return f"{in_words(number // scale)} {name}{rest}"
    if number < 20:
        return SMALL[number]
    return TENS[number // 10 - 2] + (f"-{SMALL[number % 10]}" if number % 10 else "")


@given(number=st.integers(0, 10**9 - 1))
def test_a_number_in_letters_has_its_value(number: int) -> None:
    letters = in_words(number)

    assert value_of(letters) == number
    assert list(in_letters(f"It took {letters}.")) == [(8, letters, number)]


@given(count=COUNTS, other=COUNTS)
def test_a_figure_is_known_when_a_fact_holds_it_and_named_when_none_does(count: int, other: int) -> None:
    facts = {"rows": count}

    assert stray_figures(f"There are {count:,} rows, or {count} ({count}).", facts=facts, book="") == []
    assert stray_figures(f"There are {other:,}.", facts=facts, book="") == ([] if other == count else [f"{other:,}"])


@given(prose=PROSE)
@example(prose="One of 3 (half), $1.64 and 42h")
def test_the_books_own_page_never_has_a_stray_figure(prose: str) -> None:
    assert stray_figures(prose, facts={}, book=prose) == []


@given(prose=PROSE, facts=st.dictionaries(st.text(max_size=5), JSON, max_size=3))
def test_any_prose_can_be_checked_against_any_facts(prose: str, facts: dict[str, object]) -> None:
    assert all(stray in prose for stray in stray_figures(prose, facts=facts, book=""))


@given(fact=st.floats(0.01, 10**6), decimals=st.integers(0, 3))
def test_a_note_may_round_a_figure_that_a_tool_answered(fact: float, decimals: int) -> None:
    figures = KnownFigures()
    figures.add({"age_hours": round(fact, 4)})

    assert figures.unknown_in(f"age {fact:.{decimals}f} h", {}) == [] or round(fact, 4) != fact
    assert figures.unknown_in(f"age {fact * 3 + 2:.0f} h", {}) == [f"{fact * 3 + 2:.0f}"] or fact < 1


@given(note=st.text())
@example(note="a://b\n\n<1>\u2028#")
def test_a_fitted_note_has_its_form_unless_it_has_nothing_to_report(note: str) -> None:
    wrong = form_error(fit_note(note))

    assert wrong is None or wrong.startswith(("it says nothing", "it has no figure"))


@given(thing=JSON)
def test_every_number_of_an_answer_is_a_figure_that_a_note_may_use(thing: object) -> None:
    known = set(figures_of(thing))

    numbers = [value for value in _leaves(thing) if isinstance(value, int) and not isinstance(value, bool)]
    assert {float(abs(number)) for number in numbers} <= known
    assert json.dumps(thing, default=str)


def _leaves(thing: object) -> list[object]:
    if isinstance(thing, dict):
        return [leaf for value in thing.values() for leaf in _leaves(value)]
    return [leaf for value in thing for leaf in _leaves(value)] if isinstance(thing, list) else [thing]
