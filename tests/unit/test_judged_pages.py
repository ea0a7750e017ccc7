"""What a trial says of pages: digests and counts, and nothing that the tested code could hide a customer's name in."""

import json
from pathlib import Path
from typing import Any

import pytest

from company.sandbox.judged_pages import figures_of_pages, key_digest

KEY = ["id", "what"]
ITEMS: list[dict[str, Any]] = [{"id": "q1", "what": "new", "at": "2026-03-11"}, {"id": "q2", "what": None}]


@pytest.fixture
def product(tmp_path: Path) -> Path:
    (tmp_path / "tides").mkdir()
    (tmp_path / "tides" / "page.py").write_text("def write(facts):\n    return facts\n")
    return tmp_path / "tides"


def judged(product: Path, *page: Any, **claim: Any) -> Any:
    claims: Any = [({"name": "D-1", **claim}, json.dumps(page).encode())]
    return figures_of_pages(str(product), ["D-1"], KEY, claims)["D-1"]


def test_a_page_is_a_digest_and_its_changes_are_known_by_theirs(product: Path) -> None:
    one = judged(product, "Tides", "q1 rose at Alder Bank", "<p>", ITEMS, {"lists": []}, [])
    other = judged(product, "Tides", "q1 rose at Alder Bank.", "<p>", ITEMS, {"lists": []}, [])

    assert one["keys"] == [key_digest(item, KEY) for item in ITEMS]
    assert (one["is_named"], one["has_subject"], one["has_html"]) == ([True, False], True, True)
    assert one["digest"] != other["digest"]
    assert [word for word in ("Alder", "Tides", "q1", "lists") if word in json.dumps(one)] == []


@pytest.mark.parametrize(
    ("claimed", "said"),
    [
        (("tides/page.py", "write", 2, "KeyError"), ("tides/page.py", "write", 2, "KeyError")),
        (("tides/page.py", "Alder", 2, "AlderBank"), ("tides/page.py", "some", 2, "Error")),
        (("tides/page.py", "write", 99, "KeyError"), ("some", "some", 0, "KeyError")),
        (("Alder Bank", "write", 2, "getattr"), ("some", "some", 0, "Error")),
    ],
)
def test_a_place_is_passed_on_only_where_the_code_has_it(
    product: Path, claimed: tuple[Any, ...], said: tuple[Any, ...]
) -> None:
    place = dict(zip(("file", "function", "line", "error"), claimed, strict=True))

    assert tuple(judged(product, place=place)["place"].values()) == said


@pytest.mark.parametrize("page", [[], ["s", "b", None, 7, {}, []], [7, "b", None, [], {}, []]])
def test_what_is_no_page_is_refused(product: Path, page: list[Any]) -> None:
    with pytest.raises(ValueError, match=r"no page|unpack"):
        judged(product, *page)


def test_other_pages_than_were_asked_for_are_refused(product: Path) -> None:
    with pytest.raises(ValueError, match="other pages"):
        judged(product, "s", "b", None, [], {}, [], name="D-2")
