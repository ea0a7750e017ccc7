"""One word per thing: our own words are defined once and used, and words for a dictionary are not used."""

import re
from pathlib import Path

import pytest

from tests.contracts.repository import FUNCTIONS, ROOT, SQL, files, name, sources

GLOSSARY = ROOT / "docs" / "glossary.md"
ENTRY = re.compile(r"^- \*\*([a-z]+)\*\*: (.+?\.)(?=\n- |\n\Z)", re.MULTILINE | re.DOTALL)
NEVER = (
    "befall", "befallen", "befalls", "befell", "bless", "blessed", "blesses", "dearer", "dearest", "deed", "deeds",
    "earnest", "errand", "errands", "heed", "heeded", "heeds", "house", "ladder", "ladders", "laid", "mend", "mended",
    "mending", "mends", "purse", "purses", "rung", "rungs", "till", "whichever", "wound",
)  # fmt: skip
NEVER_IN_CODE = ("came to", "outward act", "outward action", "stands at", "told", "whoever")
"""Also turns of two words, in a name as well: "came to" finds came_to. Documents use some of these in other senses."""
CHECKED = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]
"""Prose: a name of code within `...` is not held to the list here, because it is held to it in the code."""
CHECKED_CODE = [
    *files(ROOT / "layers", ".py", ".md"),
    *files(FUNCTIONS, ".py", ".md"),
    *files(ROOT / "watchbill", ".py", ".j2"),
    *files(ROOT / "bench", ".py"),
    *(path for path in files(SQL, ".sql") if path.parent.name in ("doctrine", "queries")),
    ROOT / "infra" / "template.yaml",
]
"""Merged migrations are not changed, so they are not here."""
ALLOWED = {
    ("layers/company/python/company/injection/signs.py", "house"): "a pattern of the text that an attacker writes",
    ("layers/company/python/company/injection/signs.py", "told"): "a pattern of the text that an attacker writes",
}
"""A file's word of the list, and why it stays."""
CODE = re.compile(r"```.*?```|`[^`]*`|\b\w+/test_\w+(?::\s+\w+)?|\b\w*_\w*\b", re.DOTALL)


def entries() -> list[tuple[str, str]]:
    """Each word with its sentence, in the order of the page."""
    return [(word, " ".join(text.split())) for word, text in ENTRY.findall(GLOSSARY.read_text(encoding="utf-8"))]


def uses(word: str, text: str) -> bool:
    """In the singular or the plural, also as a part of a name."""
    plural = word[:-1] + "ies" if word.endswith("y") else word + "s"
    return re.search(rf"(?<![a-z])(?:{word}|{plural})(?![a-z])", text.lower()) is not None


def forbidden(text: str) -> list[str]:
    """Words of the list in a text's prose, in order."""
    return [word for word in re.findall(r"[a-z]+", CODE.sub(" ", text).lower()) if word in NEVER]


def forbidden_in_code(text: str) -> list[str]:
    """The same in prose and in names: snake_case and CamelCase are read as their words."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text)
    plain = " ".join(re.findall(r"[a-z]+|[.,:;()]", spaced.lower()))
    return re.findall(rf"\b(?:{'|'.join(map(re.escape, (*NEVER, *NEVER_IN_CODE)))})\b", plain)


def test_every_line_of_the_glossary_is_a_word_and_one_sentence_in_order() -> None:
    words = [word for word, _ in entries()]

    assert len(words) == len(re.findall(r"(?m)^- ", GLOSSARY.read_text(encoding="utf-8"))) > 20
    assert words == sorted(set(words))
    assert [word for word, text in entries() if ". " in text.replace("docs/scars.md", "")] == []


@pytest.mark.parametrize("word", [word for word, _ in entries()])
def test_a_word_of_ours_is_used_in_another_document_and_in_the_code(word: str) -> None:
    documents = [path for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")) if path != GLOSSARY]
    code = [*sources(FUNCTIONS, ROOT / "layers", ROOT / "watchbill"), *files(SQL, ".sql")]

    assert any(uses(word, path.read_text(encoding="utf-8")) for path in documents)
    assert any(uses(word, path.read_text(encoding="utf-8")) for path in code)


@pytest.mark.parametrize("path", sorted(CHECKED), ids=name)
def test_no_text_has_a_word_that_we_do_not_use(path: Path) -> None:
    assert forbidden(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", CHECKED_CODE, ids=name)
def test_no_code_has_a_word_that_we_do_not_use(path: Path) -> None:
    found = forbidden_in_code(path.read_text(encoding="utf-8"))

    assert [word for word in found if (name(path), word) not in ALLOWED] == []


@pytest.mark.parametrize(("path", "word"), ALLOWED)
def test_an_allowed_word_is_still_there(path: str, word: str) -> None:
    assert word in forbidden_in_code((ROOT / path).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("came_to = cameTo", ["came to", "came to"]),
        ("class HouseRules: mend_it()", ["house", "mend"]),
        ("it came. To the warehouse, untold", []),
    ],
)
def test_the_search_in_code_reads_names_as_their_words(text: str, found: list[str]) -> None:
    assert forbidden_in_code(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Every house has one.", ["house"]),
        ("A `house` and test_the_house stay.", []),
        ("Heed the warehouse.", ["heed"]),
        ("Still trill.", []),
    ],
)
def test_the_search_for_words_reads_prose_only(text: str, found: list[str]) -> None:
    assert forbidden(text) == found
