"""One reader of CVE ids: what people and programs have typed for one, and what is none."""

import sys
import unicodedata

import pytest

from patchfirst.ids import CVE, Ids, in_one_spelling, read_id, read_ids

SIGNS = [chr(n) for n in range(sys.maxunicode + 1)]
UNSEEN = [s for s in SIGNS if unicodedata.category(s) in ("Cf", "Cs")]
DASHES = [s for s in SIGNS if unicodedata.category(s) == "Pd"]
SPACES = [s for s in SIGNS if s.isspace() or unicodedata.category(s) in ("Zs", "Zl", "Zp")]


@pytest.mark.parametrize(
    "spelt",
    [
        "CVE-2022-25765",
        "cve-2022-25765",
        "CVE\u20132022\u201325765",
        "CVE\u22122022\u221225765",
        "CVE\u00ad2022\u00ad25765",
        "CVE-2022-257\u00ad65",
        "\uff23\uff36\uff25\uff0d\uff12\uff10\uff12\uff12\uff0d\uff12\uff15\uff17\uff16\uff15",
        "CVE-2022-\x0025765",
        "CVE-2022-25765\ufe0f",
        "CVE\u30fc2022\u30fc25765",
        "\u2800CVE-2022-25765",
        "CVE-2022- 25765",
        "CVE-2022-2 5765",
        "CVE-2022-25 765",
        " cve-2022-25765\u00a0",
        "CVE-CVE-2022-25765",
        "CVE-2022-25765.",
        '"CVE-2022-25765"',
    ],
)
def test_an_id_is_one_whatever_dash_blank_or_unseen_sign_was_typed(spelt: str) -> None:
    assert read_id(spelt) == "CVE-2022-25765"


def test_every_sign_that_nobody_sees_and_every_space_is_dropped() -> None:
    kept = [f"U+{ord(s):04X}" for s in (*UNSEEN, *SPACES) if read_id(f"CVE-2022-{s}257{s}65{s}") != "CVE-2022-25765"]

    assert kept == []


def test_every_dash_is_a_hyphen() -> None:
    assert [f"U+{ord(s):04X}" for s in DASHES if read_id(f"CVE{s}2022{s}25765") != "CVE-2022-25765"] == []


@pytest.mark.parametrize(
    "spelt",
    [
        "",
        "CVE_2022_25765",
        "CVE-22-25765",
        "CVE-2022-123",
        "CVE-2022-25765x",
        "CVE-2022-25765-JETTY",
        "CVE-2022-025765",
        "CVE-2022-000025765",
        "CVE-2022-25765123456789012345",
        "CVE-1022-25765",
        "CVE-1998-0001",
        "CVE-\u0662\u0660\u0662\u0662-25765",
        "CVE-2022-2576\u00b2",
        "CVE-2022-25765 25766",
        "CVE-2022-25765 CVE-2022-25766",
        None,
        20_220_001,
        ["CVE-2022-25765"],
    ],
)
def test_what_is_no_id_is_not_made_into_one(spelt: object) -> None:
    assert read_id(spelt) is None


def test_a_short_number_has_its_zeros_and_the_longest_has_19_digits() -> None:
    assert read_id("CVE-2022-0012") == "CVE-2022-0012"
    assert read_id("CVE-1999-" + "9" * 19) == "CVE-1999-" + "9" * 19


@pytest.mark.parametrize("between", [",", ";", ", ", " ", "/", "|", "\n", "\u3001", " and ", ". ", " & ", "+", "-"])
def test_a_list_is_read_whatever_stands_between(between: str) -> None:
    assert read_ids(f"CVE-2022-25765{between}cve-2022-0012{between}CVE-2022-31337.").read == [
        "CVE-2022-25765",
        "CVE-2022-0012",
        "CVE-2022-31337",
    ]


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("CVE-2022-25765-JETTY;CVE-2022-31337", ["CVE-2022-25765-JETTY"]),
        ("CVE-2022-00025765, CVE-2022-31337", ["CVE-2022-00025765"]),
        ("CVE-2022-31337, 2022-25765", ["2022-25765"]),
        ("CVE-2022-2576 5, CVE-2022-31337", ["CVE-2022-2576_5"]),
        ("CVE-2022-2576\u0665, CVE-2022-31337", ["CVE-2022-2576\u0665"]),
        ("CVE:2022-25765 CVE-2022-31337", ["CVE", "2022-25765"]),
        ("CVE-2022-31337;OSVDB-1234;MS17-010;", []),
        ("CVE-2022-31337 25765", ["25765"]),
        ("CVE-CVE-2022-31337, CVE-CVE-2022-31337", []),
    ],
)
def test_what_cannot_be_read_is_told_and_costs_no_neighbour(text: str, unread: list[str]) -> None:
    ids = read_ids(text)

    assert (ids.read, ids.unread) == (["CVE-2022-31337"], unread)


@pytest.mark.parametrize("spelt", ["CAN-2003-0001", "can\u20132003 - 0001", "(CAN-2003-0001)", "\u0421VE-2003-0001",
                                   "\u0441v\u0435-2003-0001", "C\u2164\u0395-2003-0001"])  # fmt: skip
def test_a_candidates_name_and_letters_of_another_keyboard_are_read(spelt: str) -> None:
    assert read_id(spelt) == "CVE-2003-0001"
    assert read_ids(f"OSVDB-1;{spelt};CVE-2003-0002") == Ids(["CVE-2003-0001", "CVE-2003-0002"], [])


@pytest.mark.parametrize("spelt", ["CAN-2003-001", "\u0421VE-03-0001"])
def test_such_a_one_that_cannot_be_read_is_told(spelt: str) -> None:
    assert read_ids(spelt) == Ids([], [in_one_spelling(spelt)])


def test_what_only_ends_in_can_is_no_candidate() -> None:
    assert (read_id("SCAN-2003-0001"), read_ids("SCAN-2003-0001;CAN-DO")) == (None, Ids([], []))


def test_a_number_without_the_name_of_an_id_is_another_lists() -> None:
    assert read_ids("BID: 14052; 2022-25765").unread == []


def test_a_list_of_a_hundred_thousand_signs_is_read_in_time_that_grows_with_its_length() -> None:
    ids = read_ids("CVE-" * 25_000 + "CVE-2022-25765 " + " -" * 25_000)

    assert ids.read == ["CVE-2022-25765"]


def test_only_ids_are_ever_read() -> None:
    assert all(CVE.fullmatch(cve) for sign in SIGNS[:0x3000] for cve in read_ids(f"CVE-2022-{sign}1234{sign}5").read)
