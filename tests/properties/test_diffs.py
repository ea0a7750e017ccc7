"""A diff turns any text into any other, and fits no text for which it was not made."""

from hypothesis import example, given
from hypothesis import strategies as st

from company.sandbox.diffs import DiffError, apply_diff, files_of, make_diff, part_of

LINES = st.lists(st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=6), max_size=12)
TEXTS = LINES.map(lambda lines: "".join(f"{line}\n" for line in lines))
# Only the new text may lack the end of its last line: a changed last line of the old one must have it.
AFTERS = st.one_of(TEXTS, st.builds(lambda text, last: text + last, TEXTS, st.sampled_from(["x", "x y", "\u00e9"])))


@given(before=TEXTS, after=AFTERS)
@example(before="a\n", after="a")
@example(before="", after="\n")
@example(before="--- a/x\n", after="+++ b/x\n")
def test_a_diff_leads_from_any_text_to_any_other(before: str, after: str) -> None:
    diff = make_diff("a/file.toml", before, after)

    assert apply_diff(before, diff) == after


@given(before=TEXTS, after=TEXTS, other=TEXTS)
def test_a_diff_fits_its_own_text_or_is_refused(before: str, after: str, other: str) -> None:
    diff = make_diff("x", before, after)

    try:
        result = apply_diff(other, diff)
    except DiffError as error:
        assert str(error)
    else:
        grown = len(result.splitlines()) - len(other.splitlines())
        assert grown == len(after.splitlines()) - len(before.splitlines())


@given(texts=st.lists(st.tuples(TEXTS, AFTERS).filter(lambda pair: pair[0] != pair[1]), min_size=1, max_size=3))
def test_each_file_finds_its_part_of_a_diff_of_several(texts: list[tuple[str, str]]) -> None:
    diff = "".join(make_diff(f"file{n}", before, after) for n, (before, after) in enumerate(texts))

    assert [name for name in files_of(diff) if name.startswith("file")] == [f"file{n}" for n in range(len(texts))]
    assert [apply_diff(pair[0], part_of(diff, f"file{n}")) for n, pair in enumerate(texts)] == [b for _, b in texts]
