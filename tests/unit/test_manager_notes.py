"""A manager's note begins with what changed and what is next, and a line of the brief takes that beginning."""

import pytest

from company.text.manager_notes import closing_note, headline

MOST = 60
FIGURES = ["7 of 7 sources fresh", "189 requests in 24 h"]


def test_a_note_of_a_quiet_day_says_so() -> None:
    assert closing_note([], [], FIGURES) == (
        "nothing changed; next: nothing waits; 7 of 7 sources fresh; 189 requests in 24 h."
    )


@pytest.mark.parametrize(
    ("changed", "coming", "line"),
    [
        (["3 tasks done"], ["a worker takes 2"], "3 tasks done; next: a worker takes 2"),
        ([], [], "nothing changed; next: nothing waits"),
        (["3 tasks done"] * 9, ["a worker takes 2"], "3 tasks done, 3 tasks done; next: a worker takes 2"),
        (["3 tasks done"], ["a worker takes 2"] * 9, "3 tasks done; next: a worker takes 2, a worker takes 2"),
        (
            ["3 tasks done"] * 9,
            ["a worker takes 2"] * 9,
            "3 tasks done, 3 tasks done; next: a worker takes 2",
        ),
    ],
)
def test_its_line_has_of_both_as_many_whole_parts_as_fit(changed: list[str], coming: list[str], line: str) -> None:
    shown = headline(closing_note(changed, coming, FIGURES), MOST)

    assert shown == line
    assert len(shown) <= MOST


def test_a_note_that_does_not_say_what_is_next_is_shown_as_far_as_it_fits() -> None:
    assert (
        headline("4 tasks open (12 yesterday). " * 9, MOST)
        == "4 tasks open (12 yesterday). 4 tasks open (12 yesterday)."
    )
