"""One word per thing: our own words are defined once and used, and words for a dictionary are not used."""

import re
from pathlib import Path

import pytest

from tests.contracts.repository import FUNCTIONS, ROOT, SQL, files, name, sources

GLOSSARY = ROOT / "docs" / "glossary.md"
ENTRY = re.compile(r"^- \*\*([a-z]+)\*\*: (.+?\.)(?=\n- |\n\Z)", re.MULTILINE | re.DOTALL)
NEVER = (
    "befalls", "bless", "blessed", "blesses", "dearer", "dearest", "deed", "deeds", "earnest", "errand", "errands",
    "heed", "heeds", "house", "ladder", "mend", "mended", "mends", "purse", "purses", "rung", "rungs", "till",
)  # fmt: skip
RENAMES_TO_COME = {"approval"}
"""Defined and used in documents; the code gets the name with its own change. Empty this set then."""
CHECKED = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]
"""What is held to the list. A name of code within `...` may stay until the code has another."""
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
    assert word in RENAMES_TO_COME or any(uses(word, path.read_text(encoding="utf-8")) for path in code)


@pytest.mark.parametrize("path", sorted(CHECKED), ids=name)
def test_no_text_has_a_word_that_we_do_not_use(path: Path) -> None:
    assert forbidden(path.read_text(encoding="utf-8")) == []


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
