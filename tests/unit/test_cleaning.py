"""What a reader is shown holds no sign that cannot be seen."""

import unicodedata

from company.text.cleaning import HIDDEN, visible


def test_a_text_that_is_shown_as_it_is_has_no_hidden_sign_and_no_end_of_a_line() -> None:
    shown_as_it_is = [sign for sign in map(chr, range(0x110000)) if sign.isprintable()]

    assert [sign for sign in shown_as_it_is if unicodedata.category(sign) in HIDDEN] == []
    assert len("a".join(shown_as_it_is).splitlines()) == 1


def test_every_hidden_sign_is_left_out_beside_signs_of_any_language() -> None:
    hidden = [sign for sign in map(chr, range(0x110000)) if unicodedata.category(sign) in HIDDEN - {"Cs"}]
    in_line = [sign for sign in hidden if sign != "\t" and len(f"a{sign}b".splitlines()) == 1]

    assert visible("é·".join(in_line)) == "é·" * (len(in_line) - 1)
    assert visible("naïve · 日本語\t\u202eevil\n") == "naïve · 日本語 evil"
