"""The page of the architecture, held to the tree: every room is on it and in its picture, every place exists."""

import re
from pathlib import Path

import pytest

from tests.contracts.repository import COMPANY, DESK, FUNCTIONS, ROOT, records, released

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PICTURE = (ROOT / "docs" / "architecture.svg").read_text(encoding="utf-8")
PLACES = sorted(set(re.findall(r"`((?:functions|sql|layers|watchbill)/[\w/.]+)`", PAGE)))
STEPS = {"schedule", "tools", "staging", "check", "promote", "canonical", "link", "score", "deliver"}
"""Of the way of one fire and of one row."""


def rooms(folder: Path) -> list[str]:
    """Packages of a folder."""
    return sorted(path.parent.name for path in folder.glob("*/__init__.py"))


@pytest.mark.parametrize("room", [*rooms(COMPANY), *rooms(DESK)])
def test_every_room_is_on_the_page_and_in_its_picture(room: str) -> None:
    assert f"`{room}`" in PAGE
    assert 'class="name" x="' in PICTURE and f">{room}</text>" in PICTURE


def test_the_picture_shows_no_room_that_is_gone() -> None:
    drawn = set(re.findall(r'<text class="name"[^>]*>(\w+)</text>', PICTURE))

    assert drawn - STEPS - {*rooms(COMPANY), *rooms(DESK), "sources", "migrations", "doctrine", "queries"} == set()


@pytest.mark.parametrize("place", PLACES)
def test_every_place_that_the_page_names_exists(place: str) -> None:
    assert (ROOT / place).exists()


def test_the_picture_names_the_loose_modules() -> None:
    loose = [path.stem for path in COMPANY.glob("*.py") if path.stem != "__init__"]

    assert [module for module in loose if not re.search(rf"\b{module}\b", PICTURE)] == []


def test_the_picture_counts_the_staff() -> None:
    kinds = [record.kind for record in released().values()]

    for kind in ("manager", "worker", "auditor", "machine"):
        assert f"{kinds.count(kind)} {kind}s" in PICTURE
    assert sorted(path.name for path in FUNCTIONS.iterdir() if path.is_dir()) == sorted(records())
