"""What a reader is shown holds no sign that cannot be seen."""

import json
import unicodedata

import pytest

from company.text.cleaning import HIDDEN, json_text, storable_json, visible


def test_a_text_that_is_shown_as_it_is_has_no_hidden_sign_and_no_end_of_a_line() -> None:
    shown_as_it_is = [sign for sign in map(chr, range(0x110000)) if sign.isprintable()]

    assert [sign for sign in shown_as_it_is if unicodedata.category(sign) in HIDDEN] == []
    assert len("a".join(shown_as_it_is).splitlines()) == 1


def test_every_hidden_sign_is_left_out_beside_signs_of_any_language() -> None:
    hidden = [sign for sign in map(chr, range(0x110000)) if unicodedata.category(sign) in HIDDEN - {"Cs"}]
    in_line = [sign for sign in hidden if sign != "\t" and len(f"a{sign}b".splitlines()) == 1]

    assert visible("é·".join(in_line)) == "é·" * (len(in_line) - 1)
    assert visible("naïve · 日本語\t\u202eevil\n") == "naïve · 日本語 evil"


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"rows": 3, "is_new": True, "none": None, "share": 0.5},
        {"reason": "naïve · 日本語", "of": ("a", ["b"])},
        {"a NUL\x00": "one\x00 more"},
        [{"half": "\ud800 a pair"}, "a whole one: \U0001f600"],
        {"share": float("nan"), "most": float("-inf")},
        "written out: \\u0000",
        {7: "a number for a name"},
    ],
)
def test_what_is_written_as_json_is_what_is_storable(value: object) -> None:
    text = json_text(value)

    assert json.loads(text) == json.loads(json.dumps(storable_json(value)))
    assert "\\u0000" not in text.replace("\\\\", "") and "NaN" not in text.replace('"', " ").split()
