"""A vendor whose name a publisher escaped for HTML, or marked as registered, is the vendor that a customer chose."""

import pytest

from company.pipeline.delivering.filters import unmatched_names
from company.vertical import Customer
from patchfirst.vertical import VERTICAL
from tests.pipeline.works import Works, kev, kev_entry, kev_of

MARKED = [
    "Marlowe&reg;", "Marlowe&amp;", "Marlowe(R)", "Marlowe (TM)", "Marlowe&#174;", "&quot;Marlowe&quot;", "Marlowe®",
    "Marlowe&amp;trade;", "Marlowe\uff08R\uff09", "(C) Marlowe", "Marlowe\u24c7",
]  # fmt: skip
CODE = "&lt;img src=x onerror=alert(1)&gt;"


def _listed(works: Works, *entries: dict[str, object]) -> None:
    works.take_in("kev", kev(*map(kev_entry, range(220)), *entries, at="2026-03-11T07:30:00.1234Z"))
    works.run("link", "score", "deliver")


def test_a_known_exploited_vendor_is_told_however_its_name_is_marked(works: Works) -> None:
    works.take_in("kev", kev_of(220))
    works.open_for(Customer("Alder Bank", "a@example.invalid", "brief", {"vendors": ["Marlowe"]}))
    works.run("link", "score", "deliver")

    _listed(works, *(kev_entry(250 + n, vendorProject=name) for n, name in enumerate(MARKED)))

    items = works.rows("SELECT items FROM company.deliveries WHERE occasion = 'important'")
    told = {item["cve"] for page in items for item in page["items"]}
    assert told == {f"CVE-2025-{90250 + n}" for n in range(len(MARKED))}


def test_a_name_is_shown_and_chosen_without_its_escapes(works: Works) -> None:
    works.take_in("kev", kev(kev_entry(1, vendorProject="Marlowe &amp; Sons")))

    assert VERTICAL.deliveries is not None
    assert works.value("SELECT vendor FROM patchfirst.kev") == "Marlowe & Sons"
    for written in ("Marlowe & Sons", "Marlowe &amp; Sons", "marlowe and sons"):
        assert unmatched_names(works.brain.owner, VERTICAL.deliveries, {"vendors": [written]}) == []


def test_code_that_came_escaped_is_escaped_again_where_html_is_made(works: Works) -> None:
    works.take_in("kev", kev_of(220))
    works.open_for(Customer("Alder Bank", "a@example.invalid", "brief", {}))
    works.run("link", "score", "deliver")

    _listed(works, kev_entry(260, product=f"Gate {CODE}", shortDescription=CODE, vulnerabilityName=CODE))

    [page] = works.rows("SELECT body, html FROM company.deliveries WHERE occasion = 'important'")
    assert "<img src=x" in " ".join(page["body"].split())
    assert "<img" not in page["html"] and CODE in " ".join(page["html"].split())


@pytest.mark.parametrize(("one", "other"), [("C (R) One", "C One"), ("Gate(tm) Way", "Gate Way"), ("(C)", "©")])
def test_a_mark_is_no_part_of_a_products_key(works_at_rest: Works, one: str, other: str) -> None:
    keys = "SELECT patchfirst.product_key(%(one)s) IS NOT DISTINCT FROM patchfirst.product_key(%(other)s)"

    assert works_at_rest.value(keys, one=one, other=other)


def test_the_keys_that_an_older_release_made_are_made_anew_by_migrate(works: Works) -> None:
    works.take_in("kev", kev(kev_entry(1, vendorProject="Marlowe & Sons")))
    with works.brain.admin as older:
        older.execute("UPDATE company.names SET key = 'marloweampsons' WHERE kind = 'vendor'")
        older.execute("GRANT SELECT ON company.names TO PUBLIC")

    works.brain.company.migrate(works.brain.name)

    assert works.value("SELECT key FROM company.names WHERE kind = 'vendor'") == "marlowesons"
