"""Spellings of one name, and who may say what they are."""

import pytest

from patchfirst import nobody as words
from patchfirst.cves import clean
from tests.support.brains import TestBrain
from tests.support.refusals import NO_RIGHT, refused

SPELLINGS = {
    "marlowe": [
        "Marlowe", "MARLOWE", "marlowe ", "Marlowe, Inc.", "Marlowe Incorporated", "The Marlowe Company", "marlowe_inc",
        "Marlowe GmbH & Co. KG", "Marlowe S.A.", "Marlowe S.p.A", "Marlowe A/S", "Marlowe Co., Ltd.", "Márlowe",
        "Mar\u200blowe", "Marlowe\u00a0AG", "ＭＡＲＬＯＷＥ", "Marlowe™", "“Marlowe”", "Mar-lowe", "Marlowe\\, LLC",
        "Marlowe (Pty) Ltd", "Ooo Marlowe", "Marlowe, The", "\tMARLOWE\n", "Mar\u00adlowe",
        "Marlowe(R)", "Marlowe (tm), Inc.", "Marlowe&reg;", "&quot;Marlowe&quot;", "Marlowe&#174;", "Marlowe&amp;#xAE;",
        "Marlowe\u24c7",
    ],
    "marlowenetworks": ["Marlowe Networks", "marlowe_networks", "Marlowe-Networks B.V.", "MARLOWE  NETWORKS LIMITED"],
    "strassenbau": ["Straßenbau AG", "STRASSENBAU", "STRAẞENBAU"],
    "гавань": ["Гавань", "ГАВАНЬ ООО", "ооо «Гавань»"],
    "ハーバー": ["株式会社ハーバー", "ハーバー株式会社", "ﾊｰﾊﾞｰ"],
    "λιμανι": ["ΛΙΜΆΝΙ", "λιμάνι"],
    "brownsons": ["Brown & Sons", "Brown and Sons", "brown_\\&_sons", "Brown &amp; Sons", "Brown &amp;amp; Sons"],
    "linuxfoundation": ["Linux Foundation", "The Linux Foundation", "linuxfoundation", "the_linux_foundation, Inc."],
    "documentfoundation": ["The Document Foundation", "documentfoundation"],
    "eclipse": ["Eclipse", "Eclipse Foundation", "Eclipse Foundation, Inc."],
    "inc": ["Inc", "Inc."],
    "the": ["The"],
}  # fmt: skip
NOBODY = [
    "n/a", "N/A", "-", "*", "", "  ", "Unknown", "unspecified", "None", "\u200b", "...", "!",
    "[UNKNOWN]", "* n/a *", "*** n/a ***", "no", "N.A.", "n / a", "\uff2e\uff0f\uff21", "--", "\u2014", "?",
    "undefined", "Various", "Not specified", "TBA", "tbd", "<none>", "&nbsp;", "none specified", "Not Applicable",
    "Multiple Vendors", "Multiple products",
]  # fmt: skip
APART = [
    ("C", "C++"), ("C", "C#"), ("デモが", "デモか"), ("Osterlume", "Halcyard"), ("Marlowe One", "Marlowe Two"),
    ("Unknown Worlds", "Unknown"), ("Linux", "Linux Foundation"), ("Linux", "The Linux Foundation"),
]  # fmt: skip


def _key(brain: TestBrain, name: str, kind: str = "vendor") -> str | None:
    [row] = brain.sql("deliver", f"SELECT patchfirst.{kind}_key(%(name)s) AS key", name=name)
    key: str | None = row["key"]
    return key


def test_the_spellings_of_one_vendor_have_one_key(steadfast_brain: TestBrain) -> None:
    keys = {name: (_key(steadfast_brain, name), key) for key, names in SPELLINGS.items() for name in names}

    assert {name: pair for name, pair in keys.items() if pair[0] != pair[1]} == {}


@pytest.mark.parametrize("kind", ["vendor", "product"])
def test_what_stands_for_no_name_has_no_key(steadfast_brain: TestBrain, kind: str) -> None:
    assert {name: key for name in NOBODY if (key := _key(steadfast_brain, name, kind)) is not None} == {}


def test_readers_and_keys_know_the_same_words_for_nobody(steadfast_brain: TestBrain) -> None:
    [row] = steadfast_brain.sql("deliver", "SELECT patchfirst.nobody() AS words")

    assert row["words"] == sorted(words.NOBODY)
    assert [name for name in NOBODY if not words.names_nobody(clean(name))] == []


def test_two_names_have_two_keys(steadfast_brain: TestBrain) -> None:
    assert [pair for pair in APART if _key(steadfast_brain, pair[0]) == _key(steadfast_brain, pair[1])] == []


def test_a_legal_form_is_part_of_a_products_name(steadfast_brain: TestBrain) -> None:
    assert _key(steadfast_brain, "Edge Limited", "product") == "edgelimited"


@pytest.mark.parametrize("role", ["deliver", "link", "promote", "data_worker"])
def test_names_are_noted_by_promotion_alone(steadfast_brain: TestBrain, role: str) -> None:
    with refused(NO_RIGHT):
        steadfast_brain.sql(role, "INSERT INTO company.names VALUES ('vendor', 'Marlowe', 'osterlume')")
    with refused(NO_RIGHT):
        steadfast_brain.sql(role, "SELECT patchfirst.note_spelt('{Marlowe}', '{}')")
