"""A renamed column is found by its values under any name, and its new name is in the file afterwards."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from company.vertical.columns import RenamedColumn, add_names, find_renamed

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=12)
KNOWN = {"id": ("id",), "added": ("added",), "due": ("due",)}


@given(
    renamed=st.dictionaries(
        st.sampled_from(["id", "added", "due"]), NAMES.filter(lambda n: n not in KNOWN), max_size=3
    ),
    rows=st.integers(2, 8),
)
def test_each_renamed_column_is_found_by_its_values(renamed: dict[str, str], rows: int) -> None:
    before = {name: [f"{name}-{row}" for row in range(rows)] for name in KNOWN}
    after = {renamed.get(name, name): values for name, values in before.items()}
    if len(after) < len(before):
        return  # two columns of one name are no document

    found, unexplained = find_renamed(KNOWN, before, after)

    assert ({one.was: one.becomes for one in found}, unexplained) == (renamed, [])


@given(new=NAMES, values=st.lists(st.text(max_size=5).map(lambda text: f"other {text}"), min_size=3, max_size=3))
def test_a_column_with_other_values_is_never_taken_for_the_one_that_is_gone(new: str, values: list[str]) -> None:
    before = {"id": ["1", "2", "3"], "added": ["a", "b", "c"], "due": ["x", "y", "z"]}
    after = {"id": before["id"], "due": before["due"], f"new {new}": values}

    assert find_renamed(KNOWN, before, after) == ([], ["added"])


@given(names=st.lists(NAMES, min_size=1, max_size=4))
def test_a_new_name_is_written_after_the_known_ones(names: list[str]) -> None:
    text = '# names\nid = ["id"]\nadded = ["added"]  # when\n'

    for name in names:
        text = add_names(text, [RenamedColumn("added", "added", name, 1.0, True)])

    assert tomllib.loads(text) == {"id": ["id"], "added": ["added", *names]}
    assert text.startswith("# names\n") and text.endswith("  # when\n")
