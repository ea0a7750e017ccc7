"""Documents are true: the modules and tests that they name exist, and no line is wider than a screen."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.repository import COMPANY, DESK, FUNCTIONS, PRODUCT, ROOT, SQL, TESTS, name

WIDEST = 120
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
PAGES = sorted([*FUNCTIONS.glob("*/SKILL.md"), *FUNCTIONS.glob("*/MACHINE.md"), PRODUCT / "product.md"])
MODULE = re.compile(r"`((?:company|watchbill|patchfirst)(?:\.\w+)+)`")
CODE = (".sql", ".py", ".yaml", ".j2")
PACKAGES = {"company": COMPANY, "watchbill": DESK, "patchfirst": PRODUCT}
DEFINED = r"^ *(?:def |class )?{name}(?:[(,:]| =|$)|^from .*\b{name}\b"
"""Defined at the beginning of a line, or imported there; a word of a docstring is neither."""
MADE = r"(?<!DROP )(?:FUNCTION|TABLE|VIEW|TYPE)(?: IF NOT EXISTS)? {name}\b|'{name}="
"""Made, altered or described by SQL, or a setting of the database; another statement that uses it is none of these."""
TEST = re.compile(r"\b(\w+)/(test_\w+)(?:: ((?:\w+(?:, )?)+))?")


def named_modules() -> Iterator[tuple[str, str]]:
    """Each dotted name in the documents, with the document."""
    for path in DOCUMENTS:
        for found in MODULE.findall(path.read_text(encoding="utf-8")):
            yield name(path), found


def exists(dotted: str) -> bool:
    """Whether a name is a module, a name in a module, or is made by SQL; of a column, its table."""
    package, *rest = dotted.split(".")
    for depth in range(len(rest), 0, -1):
        place = PACKAGES[package].joinpath(*rest[:depth])
        file = place.with_suffix(".py") if place.with_suffix(".py").is_file() else place / "__init__.py"
        if file.is_file():
            text = file.read_text(encoding="utf-8")
            return all(re.search(DEFINED.format(name=part), text, re.M) for part in rest[depth:])
    made = re.compile(MADE.format(name=re.escape(f"{package}.{rest[0]}")))
    texts = [path.read_text(encoding="utf-8") for path in SQL.glob("*/*/*.sql")]
    return any(made.search(text) and rest[-1] in text for text in texts)


def named_tests() -> list[tuple[str, str, list[str]]]:
    """Each folder, file and the tests in it that docs/scars.md and docs/hire.md name, across the ends of lines."""
    texts = [" ".join((ROOT / "docs" / page).read_text(encoding="utf-8").split()) for page in ("scars.md", "hire.md")]
    return [
        (folder, file, [test for test in tests.split(", ") if test and "/" not in test])
        for text in texts
        for folder, file, tests in TEST.findall(text)
    ]


@pytest.mark.parametrize("path", [*DOCUMENTS, *PAGES], ids=name)
def test_no_line_of_a_document_is_wider_than_a_screen(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()

    assert [f"{number}: {len(line)}" for number, line in enumerate(lines, start=1) if len(line) > WIDEST] == []


def test_every_module_that_a_document_names_exists() -> None:
    assert [f"{page}: {dotted}" for page, dotted in named_modules() if not exists(dotted)] == []


def test_every_test_that_a_document_names_exists() -> None:
    missing = []
    for folder, file, tests in named_tests():
        path = TESTS / folder / f"{file}.py"
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        missing += [f"{folder}/{file}"] * (not text)
        missing += [f"{folder}/{file}: {test}" for test in tests if text and f"def test_{test}(" not in text]

    assert missing == []


def test_the_searches_find_what_is_there() -> None:
    assert len(named_tests()) > 100 and sum(len(tests) for _, _, tests in named_tests()) > 40
    assert exists("company.vertical.Vertical") and exists("company.now") and not exists("company.vertical.Horizontal")


def scars() -> list[str]:
    """Each entry of docs/scars.md on one line, without the drill's table."""
    text = (ROOT / "docs" / "scars.md").read_text(encoding="utf-8").partition("\n## The drill\n")[0]
    return list(filter(None, (" ".join(scar.split()) for scar in re.split(r"(?m)^- |^## .*$", text)[1:])))


def test_every_rule_and_function_that_a_scar_names_is_in_what_is_deployed_or_on_the_desk() -> None:
    files = [path for folder in (SQL, FUNCTIONS, ROOT / "layers", DESK, ROOT / "infra") for path in folder.rglob("*.*")]
    words = set(re.findall(r"[a-z_]+", "\n".join(p.read_text("utf-8") for p in files if p.suffix in CODE)))
    named = [re.sub(r"Attacked by: .*|Prevents: .*?Enforced in:", "", scar) for scar in scars()]

    assert [one for scar in named for one in re.findall(r"`([a-z_]+)`", scar) if one not in words] == []


def test_every_scar_says_what_it_prevents_where_it_is_enforced_and_what_attacks_it() -> None:
    shape = re.compile(r".+\. Prevents: .+\. Enforced in: .+\. Attacked by: .+\.")
    assert [scar for scar in scars() if not shape.fullmatch(scar)] == []
