"""Renamed columns: found when the values show it, and never guessed."""

from pathlib import Path

import pytest

from company.vertical.columns import RenamedColumn, add_names, find_renamed, read_form

KNOWN = {"id": ("id",), "added": ("added",), "due": ("due", "dueBy")}
BEFORE = {"id": ["a", "b", "c"], "added": ["1", "2", "3"], "due": ["7", "8", "9"], "notes": ["", "x", ""]}


def _renamed(**names: str) -> dict[str, list[str]]:
    return {names.get(name, name): values for name, values in BEFORE.items()}


def test_a_column_with_the_values_of_the_missing_one_is_that_column() -> None:
    found, unexplained = find_renamed(KNOWN, BEFORE, _renamed(added="dateAdded"))

    assert (found, unexplained) == ([RenamedColumn("added", "added", "dateAdded", 1.0, True)], [])


def test_two_columns_renamed_at_once_are_distinguished_by_their_values() -> None:
    found, unexplained = find_renamed(KNOWN, BEFORE, _renamed(added="x", due="y"))

    assert [(rename.was, rename.becomes) for rename in found] == [("added", "x"), ("due", "y")]
    assert unexplained == []


def test_a_column_with_other_values_is_not_taken_for_the_missing_one() -> None:
    after = {**_renamed(added="somethingElse"), "somethingElse": ["p", "q", "r"]}

    assert find_renamed(KNOWN, BEFORE, after) == ([], ["added"])


def test_of_two_with_the_same_values_none_is_chosen_unless_one_is_in_the_same_place() -> None:
    after = _renamed(added="x") | {"y": ["1", "2", "3"]}
    elsewhere = {
        "y": ["1", "2", "3"],
        **{n: v for n, v in _renamed(added="x").items() if n != "x"},
        "x": ["1", "2", "3"],
    }

    assert [rename.becomes for rename in find_renamed(KNOWN, BEFORE, after)[0]] == ["x"]
    assert find_renamed(KNOWN, BEFORE, elsewhere) == ([], ["added"])


def test_one_new_column_is_not_two_old_ones() -> None:
    before = {**BEFORE, "due": BEFORE["added"]}
    after = {"id": before["id"], "both": before["added"], "notes": before["notes"]}

    assert find_renamed(KNOWN, before, after) == ([], ["added", "due"])


def test_numbers_that_moved_a_little_since_are_still_the_same_column() -> None:
    names = {"id": ("id",), "chance": ("chance",)}
    before = {"id": ["a", "b", "c"], "chance": ["0.5", "0.25", "0.125"], "rank": ["3", "2", "1"]}
    after = {"id": ["c", "a", "b"], "p": ["0.1251", "0.5004", "0.2499"], "q": ["0.5", "0.25", "0.125"]}

    [found], unexplained = find_renamed(names, before, after)

    assert (found.becomes, found.same_values, unexplained) == ("p", 1.0, [])


def test_a_renamed_key_is_known_by_its_values() -> None:
    [found], _ = find_renamed(KNOWN, BEFORE, _renamed(id="number"))

    assert (found.was, found.becomes) == ("id", "number")


def test_columns_that_nobody_reads_may_come_and_go() -> None:
    after = {name: values for name, values in BEFORE.items() if name != "notes"} | {"remarks": ["", "x", ""]}

    assert find_renamed(KNOWN, BEFORE, after) == ([], [])


def test_another_known_name_maps_to_ours() -> None:
    before = {("dueBy" if name == "due" else name): values for name, values in BEFORE.items()}
    [found], _ = find_renamed(KNOWN, before, _renamed(due="deadline"))

    assert (found.ours, found.was, found.becomes) == ("due", "dueBy", "deadline")


def test_a_new_name_is_added_after_the_known_ones_and_nothing_else_moves(tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    text = '# names\nid = ["id"]\nadded = ["added"]  # when\n'

    file.write_text(add_names(text, [RenamedColumn("added", "added", "date added", 1.0, True)]))

    assert file.read_text() == '# names\nid = ["id"]\nadded = ["added", "date added"]  # when\n'
    assert read_form(file).names == {"id": ("id",), "added": ("added", "date added")}


def test_a_name_of_two_columns_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    file.write_text('added = ["added", "due"]\ndue = ["due"]\n')

    with pytest.raises(ValueError, match="due belongs to two columns"):
        read_form(file)


def test_a_place_and_a_spelling_get_a_line_and_a_column_with_dots_is_quoted(tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    text = '_entries = ["rows"]\n"on.day" = ["on.day"]\n'

    file.write_text(
        add_names(text, [RenamedColumn("on.day", "on.day", "day", 1.0, True)], "lines:", ["on.day: percent"])
    )

    form = read_form(file)
    assert (form.places, form.names) == (("rows", "lines:"), {"on.day": ("on.day", "day")})
    assert (form.spelled, form.is_plain) == ({"on.day": ("percent",)}, False)


OTHERS = {"id": ["p", "q", "r"], "dateAdded": ["2026-01-02", "2026-02-03", "2026-03-04"], "due": ["7", "8", "9"]}


@pytest.mark.parametrize(
    ("new", "values", "is_found"),
    [
        ("date_added", OTHERS["dateAdded"], True),
        ("DateAdded", OTHERS["dateAdded"], True),
        ("date_added", ["soon", "later", "never"], False),
        ("listed", OTHERS["dateAdded"], False),
    ],
)
def test_without_a_common_row_both_the_letters_of_the_name_and_the_shape_of_the_values_decide(
    new: str, values: list[str], is_found: bool
) -> None:
    before = {"id": ["a", "b", "c"], "dateAdded": ["2025-01-02", "2025-02-03", "2025-03-04"], "due": ["1", "2", "3"]}
    after = {new if name == "dateAdded" else name: given for name, given in {**OTHERS, "dateAdded": values}.items()}

    found, unexplained = find_renamed({name: (name,) for name in before}, before, after)

    assert ([one.becomes for one in found], unexplained) == (([new], []) if is_found else ([], ["dateAdded"]))


def test_a_column_that_few_entries_have_may_be_missing_by_chance() -> None:
    before = {"id": ["a", "b", "c"], "notes": ["", "x", ""]}

    assert find_renamed({"id": ("id",), "notes": ("notes",)}, before, {"id": ["a", "b", "c"]}) == ([], [])
