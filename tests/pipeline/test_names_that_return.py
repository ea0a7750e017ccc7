"""A name of the list that is empty, or mistyped, in one edition: no customer loses its CVE, and none is alarmed."""

from typing import Any

import pytest

from company.vertical import Customer
from tests.pipeline.grown import grown
from tests.pipeline.works import Works, kev, kev_entry

BANK = Customer("Alder Bank", "desk@alder.invalid", "brief", {"vendors": ["Harbourgate"]})
SHOP = Customer("Osterlume's shop", "desk@shop.invalid", "brief", {"products": ["Edge Firewall"]})
OLD = tuple(kev_entry(n) for n in range(220))
MORNING = "2026-03-10T17:00:00.1234Z"


def _serve(works: Works) -> None:
    """220 entries of theirs known, customers who were works, two hours ago."""
    _list(works, *OLD, at=MORNING)
    works.open_for(BANK, SHOP)
    works.run("deliver")
    works.brain.wait(hours=2)


template_brain = grown(_serve)


def _list(works: Works, *entries: dict[str, Any], at: str) -> None:
    works.take_in("kev", kev(*entries, at=at))
    assert works.last_batch()["status"] == "promoted"
    works.run("link", "score")


def _list_now(works: Works, *changed: dict[str, Any], hours: float = 4) -> None:
    """The old list with some entries changed or added, and the pages after it; then some hours pass."""
    ours = {entry["cveID"]: entry for entry in [*OLD, *changed]}
    _list(works, *ours.values(), at=works.brain.now().isoformat())
    works.run("deliver")
    works.brain.wait(hours=hours)


def _told(works: Works, customer: int = 1) -> list[tuple[str, str, str]]:
    """(CVE, what, occasion) of all that was written for a customer, in order, but for moved scores."""
    pages = works.rows("SELECT * FROM company.deliveries WHERE customer_id = %(c)s ORDER BY id", c=customer)
    items = [(page["occasion"], item) for page in pages for item in page["items"] if item["what"] != "score_moved"]
    return [(item["cve"][-3:], item["what"], occasion) for occasion, item in items]


def _pages(works: Works) -> str:
    """The words of all pages, without their line ends."""
    return " ".join(" ".join(row["body"] for row in works.rows("SELECT body FROM company.deliveries")).split())


def _is_listed_for(works: Works, customer: int, cve: str) -> bool:
    rows = works.rows(
        "SELECT cve FROM patchfirst.lists_of(%(customer)s, 1500, 500) WHERE cve = %(cve)s AND question = 'now'",
        customer=customer,
        cve=cve,
    )
    return bool(rows)


EMPTY = [{"vendorProject": None}, {"vendorProject": ""}, {"vendorProject": None, "product": None}]
MISTYPED = [{"vendorProject": "Harborgate"}, {"vendorProject": "Harborgate", "product": "Edge Firewal"}]


@pytest.mark.parametrize("odd", [*EMPTY, *MISTYPED])
def test_twelve_old_entries_that_lose_their_name_for_one_edition_alarm_nobody(
    works: Works, odd: dict[str, Any]
) -> None:
    _list_now(works, *(kev_entry(n, **odd) for n in range(12)))
    _list_now(works)
    _list_now(works, hours=24)
    works.run("deliver")

    assert (_told(works, 1), _told(works, 2)) == ([], [])


@pytest.mark.parametrize("odd", EMPTY)
def test_an_entry_whose_name_is_empty_stays_where_its_customers_read_of_it(works: Works, odd: dict[str, Any]) -> None:
    _list_now(works, kev_entry(270))
    _list_now(works, kev_entry(270, **odd), hours=24)
    while_empty = [_is_listed_for(works, customer, "CVE-2025-90270") for customer in (1, 2)]
    _list_now(works, kev_entry(270), hours=24)
    works.run("deliver")

    assert while_empty == [True, True]
    assert _told(works, 1) == _told(works, 2) == [("270", "known_exploited", "important")]
    assert "another name" not in _pages(works)


def test_who_read_another_name_reads_that_it_is_theirs_again(works: Works) -> None:
    _list_now(works, kev_entry(270), hours=24)
    _list_now(works, kev_entry(270, vendorProject="Quillon"), hours=24)
    _list_now(works, kev_entry(270), hours=24)
    _list_now(works, kev_entry(270), hours=24)

    assert [what for _, what, _ in _told(works)] == ["known_exploited", "name_corrected", "name_restored"]
    assert "is listed under its earlier name again" in _pages(works)
    _list_now(works, kev_entry(270, vendorProject="Quillon"), hours=24)
    assert [what for _, what, _ in _told(works)][3:] == ["name_corrected"]


def test_an_entry_that_gets_its_first_name_late_is_new_to_them(works: Works) -> None:
    _list_now(works, kev_entry(270, vendorProject=None, product=None))
    _list_now(works, kev_entry(270))

    assert _told(works, 1) == _told(works, 2) == [("270", "known_exploited", "important")]


def test_an_entry_that_was_theirs_before_it_left_the_list_is_new_when_it_is_corrected_back(works: Works) -> None:
    _list_now(works, kev_entry(270, vendorProject="Quillon"))
    _list_now(works, kev_entry(270), hours=24)
    _list_now(works, hours=24)
    _list_now(works, kev_entry(270, vendorProject="Quillon"), hours=24)
    _list_now(works, kev_entry(270), hours=24)

    assert [what for _, what, _ in _told(works)] == ["known_exploited", "left_the_list", "known_exploited"]


def test_an_entry_that_was_theirs_for_minutes_is_told_when_it_is_theirs_again(works: Works) -> None:
    ours = [kev_entry(270), kev_entry(270, vendorProject="Quillon")]
    _list(works, *OLD, ours[0], at=works.brain.now().isoformat())
    works.brain.wait(minutes=10)
    _list_now(works, ours[1])
    _list_now(works, ours[0])

    assert _told(works) == [("270", "known_exploited", "important")]
