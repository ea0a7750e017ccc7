"""A diff applies only to the text that it was made for."""

import pytest

from company.sandbox.diffs import DiffError, apply_diff, files_of, make_diff, part_of

LINES = [f"line {n}\n" for n in range(40)]
TEXT = "".join(LINES)


@pytest.mark.parametrize(
    "after",
    [
        TEXT.replace("line 7\n", "line seven\n"),
        TEXT.replace("line 7\n", "").replace("line 30\n", "line 30\nand more\n"),
        "first\n" + TEXT,
        TEXT + "last\n",
        TEXT + "last without an end",
        "".join(LINES[20:]),
    ],
)
def test_a_diff_turns_one_text_into_the_other(after: str) -> None:
    diff = make_diff("a/file.toml", TEXT, after)

    assert apply_diff(TEXT, diff) == after
    assert files_of(diff) == ["a/file.toml"]


def test_a_diff_made_for_another_text_is_refused_whole() -> None:
    diff = make_diff("x", TEXT, TEXT.replace("line 7\n", "line seven\n"))

    with pytest.raises(DiffError, match="line 7"):
        apply_diff(TEXT.replace("line 6\n", "changed meanwhile\n"), diff)
    with pytest.raises(DiffError):
        apply_diff("", diff)


@pytest.mark.parametrize("file", ["/etc/passwd", "../functions/deliver/work.py", "a/../../b"])
def test_a_diff_stays_inside_the_code(file: str) -> None:
    with pytest.raises(DiffError, match="outside the code"):
        files_of(make_diff(file, "a\n", "b\n"))


def test_a_diff_that_names_no_file_is_refused() -> None:
    with pytest.raises(DiffError, match="no file"):
        files_of("please rename the column")


def test_each_file_has_its_part_of_a_diff() -> None:
    one, two = make_diff("one", "a\n", "b\n"), make_diff("two", "c\n", "d\n")

    assert files_of(one + two) == ["one", "two"]
    assert apply_diff("c\n", part_of(one + two, "two")) == "d\n"
