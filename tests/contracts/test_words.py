"""The company and its product never mix: no word of the product is in the company's own rooms."""

import re
from pathlib import Path

import pytest

from tests.contracts.repository import COMPANY, DESK, FUNCTIONS, ROOT, SQL, files, name, records

BEGINNINGS = (
    "cve", "kev", "epss", "exploit", "cvss", "nvd", "metasploit", "nuclei", "vulnerab", "cisa", "ransomware", "cwe",
)  # fmt: skip
WHOLE = {"patch", "patches", "patched", "patching", "patchfirst"}
EMPLOYEES = [FUNCTIONS / role for role, record in records().items() if record.is_employee]
ROOMS = [COMPANY, SQL / "company", DESK, *EMPLOYEES]
TEXTS = (".py", ".md", ".sql", ".j2", ".html", ".css", ".json", ".yaml")


def product_words(text: str) -> set[str]:
    """Words of the product, also inside identifiers of both spellings; 'dispatch' is none."""
    words = {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", text)}
    return {word for word in words if word in WHOLE or word.startswith(BEGINNINGS)}


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: str(Path(room).relative_to(ROOT)))
def test_no_word_of_the_product_is_in_the_companys_rooms(room: Path) -> None:
    found = {name(path): product_words(path.read_text(encoding="utf-8")) for path in files(room, *TEXTS)}

    assert {path: words for path, words in found.items() if words} == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [("class EpssSource", {"epss"}), ("FEED_KEV_URL", {"kev"}), ("dispatch the task", set()), ("a patch", {"patch"})],
)
def test_the_search_finds_words_inside_identifiers(text: str, found: set[str]) -> None:
    assert product_words(text) == found
