"""What a customer may choose is checked when it is taken; what was stored before that stops nobody's page."""

from typing import Any

import pytest

from company.errors import Refused
from tests.pipeline.works import Works, kev, kev_entry, kev_of

BAD = [
    ({"vendors": "Harbourgate"}, "vendors is .Harbourgate., and not a list of names"),
    ({"vendors": []}, r"vendors is \[\], and not a list of names"),
    ({"vendors": ["n/a"]}, "vendors has .n/a., which is not a name"),
    ({"vendors": [7]}, "vendors has 7, which is not a name"),
    ({"vendors": ["x" * 201]}, "which is not a name"),
    ({"vendors": ["x"] * 501}, "vendors has 501 entries; at most 500 are read"),
    ({"vendor": ["Harbourgate"]}, "there is no filter vendor"),
    ({"min_score": "high"}, "min_score is .high., and not a number from 0 to 100"),
    ({"min_score": -1}, "min_score is -1"),
    ({"min_score": 100.5}, "min_score is 100.5"),
    ({"min_score": True}, "min_score is true"),
    ({"min_score": None}, "min_score is null"),
    ({"min_move": [5]}, r"min_move is \[5\]"),
    ({"keywords": ["x"]}, "which is not a word of 2 to 60 letters"),
    ({"kinds": ["exploded"]}, "kinds has .exploded., which is not a kind of change"),
    ({"products": {"a": 1}}, "products is {.a.: 1}, and not a list of names"),
]


@pytest.mark.parametrize(("filters", "fault"), BAD)
def test_a_filter_is_refused_when_it_is_taken_with_what_there_is(
    works_at_rest: Works, filters: dict[str, Any], fault: str
) -> None:
    with pytest.raises(Refused, match=fault) as refusal:
        works_at_rest.brain.owner.run("add_customer", name="X", email="x@x.invalid", kind="brief", filters=filters)

    assert refusal.value.rule == "filters_are_what_the_product_offers"
    said = str(refusal.value)
    assert all(name in said for name in ("vendors", "products", "keywords", "min_score", "min_move", "ransomware"))


def _store(works: Works, name: str, filters: str) -> None:
    """As an older release took it."""
    works.brain.admin.execute(
        "INSERT INTO company.customers (name, email, kind, filters) VALUES (%s, 'x@x.invalid', 'brief', %s)",
        (name, filters),
    )


def test_a_stored_filter_that_is_wrong_is_read_as_far_as_it_goes_and_told_to_the_owner(works: Works) -> None:
    works.take_in("kev", kev_of(220))
    works.run("link", "score")
    works.open_for()
    for name, filters in [
        ("Text", '{"vendors": "Harbourgate"}'),
        ("Word", '{"min_score": "high"}'),
        ("Typo", '{"vendor": ["Osterlume"]}'),
        ("Odd", '{"vendors": 5, "kinds": [[]], "keywords": {}}'),
        ("List", '["Harbourgate"]'),
        ("Right", '{"vendors": ["Harbourgate"]}'),
    ]:
        _store(works, name, filters)
    works.run("deliver")

    works.take_in("kev", kev(*map(kev_entry, (*range(220), 270)), at="2026-03-11T07:30:00.1234Z"))
    works.run("link", "score")
    works.run("deliver")

    pages = works.rows("SELECT items FROM company.deliveries WHERE occasion = 'important' ORDER BY customer_id")
    assert [[item["cve"] for item in page["items"]] for page in pages] == [["CVE-2025-90270"]] * 6
    [finding] = works.rows("SELECT * FROM company.findings WHERE kind = 'item_failed'")
    assert all(name in str(finding) for name in ("Text", "Word", "Typo", "Odd", "List"))
