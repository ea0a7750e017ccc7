"""A customer's choice means vendors and products, however the feeds, the customer and the years spell them."""

from collections.abc import Mapping
from typing import Any

import pytest

from company.vertical import Customer
from tests.pipeline.grown import grown
from tests.pipeline.test_changes import record, tarred
from tests.pipeline.works import Works, kev, kev_entry

FIRST = "2026-03-10T17:00:00.1234Z"
SECOND = "2026-03-11T07:30:00.1234Z"
THIRD = "2026-03-11T09:30:00.1234Z"
OLD = tuple(kev_entry(n) for n in range(220))


def _customer(**filters: Any) -> Customer:
    return Customer("Alder Bank", "desk@alder.invalid", "brief", filters)


def _list(works: Works, *entries: dict[str, Any], at: str) -> None:
    works.take_in("kev", kev(*entries, at=at))
    works.run("link", "score")


template_brain = grown(lambda works: _list(works, *OLD, at=FIRST))


def _told(works: Works, customer: int = 1) -> list[tuple[str, str]]:
    """(CVE, what) of all that was ever written for a customer, in order, but for moved scores."""
    pages = works.rows("SELECT items FROM company.deliveries WHERE customer_id = %(c)s ORDER BY id", c=customer)
    items = [item for page in pages for item in page["items"] if item["what"] != "score_moved"]
    return [(item["cve"][-3:], item["what"]) for item in items]


def _next_day(works: Works) -> None:
    works.brain.wait(hours=24)
    works.run("deliver")


@pytest.mark.parametrize(
    "written",
    ["Harbourgate", "harbourgate", "Harbourgate, Inc.", "Harbourgate ", "THE HARBOURGATE COMPANY", "harbour-gate"],
)
def test_a_choice_matches_however_the_customer_spells_it(works: Works, written: str) -> None:
    works.open_for(_customer(vendors=[written]))
    works.run("deliver")

    _list(works, *OLD, kev_entry(270), kev_entry(271, vendorProject="Osterlume"), at=SECOND)
    works.run("deliver")

    assert _told(works) == [("270", "known_exploited")]
    [page] = works.rows("SELECT body FROM company.deliveries WHERE occasion = 'daily'")
    assert "Harbourgate Edge Firewall" in page["body"].split("FIX NOW")[1]


def test_a_choice_survives_that_the_feed_spells_the_vendor_anew(works: Works) -> None:
    works.open_for(_customer(vendors=["Harbourgate"]))
    works.run("deliver")

    respelt = [{**entry, "vendorProject": "HARBOURGATE INC"} for entry in (*OLD, kev_entry(270))]
    works.take_in("kev", kev(*respelt, at=SECOND))
    works.run("deliver")  # Before anything is linked or scored.
    _next_day(works)

    assert _told(works) == [("270", "known_exploited")]
    pages = works.rows("SELECT body FROM company.deliveries WHERE occasion = 'daily' ORDER BY id")
    assert "Edge Firewall" in pages[-1]["body"].split("FIX NOW")[1]


def test_a_choice_follows_what_is_decided_of_a_spelling(works: Works) -> None:
    tide = [kev_entry(n, vendorProject="Tidewrack") for n in range(300, 304)]
    entries = [*OLD, *tide, kev_entry(309, vendorProject="Tidewreck")]
    _list(works, *entries, at=SECOND)
    works.open_for(_customer(vendors=["TIDEWRACK AG"]))
    works.run("deliver")
    works.brain.as_role("data_worker").run(
        "resolve_spelling", kind="vendor", spelling="Tidewreck", name="Tidewrack", reason="same products"
    )

    _list(works, *entries, kev_entry(310, vendorProject="tidewreck, inc."), at=THIRD)
    works.run("deliver")

    assert _told(works)[len(tide) + 1 :] == [("310", "known_exploited")]


def test_a_low_score_or_none_never_silences_that_a_vulnerability_is_now_exploited(works: Works) -> None:
    works.open_for(_customer(min_score=100), Customer("B", "b@b.invalid", "brief", {"vendors": ["Harbourgate"]}))
    works.run("deliver")

    works.take_in("kev", kev(*OLD, kev_entry(270), at=SECOND))
    works.run("deliver")

    assert works.rows("SELECT * FROM company.scores WHERE entity = 'CVE-2025-90270'") == []
    assert _told(works, 1) == _told(works, 2) == [("270", "known_exploited")]


def test_a_retraction_is_told_with_its_name_to_whoever_chose_it_or_was_told(works: Works) -> None:
    works.open_for(
        _customer(vendors=["harbourgate"]), Customer("B", "b@b.invalid", "brief", {"vendors": ["Harbourgate"]})
    )
    works.run("deliver")
    _list(works, *OLD, kev_entry(270), at=SECOND)
    works.run("deliver")
    works.brain.owner.run(
        "add_customer", name="B", email="b@b.invalid", kind="brief", filters={"keywords": ["lighthouse"]}
    )

    works.brain.wait(hours=2)
    _list(works, *OLD[1:], at=THIRD)
    _next_day(works)

    assert _told(works, 1) == [("270", "known_exploited"), ("000", "left_the_list"), ("270", "left_the_list")]
    assert _told(works, 2) == [("270", "known_exploited"), ("270", "left_the_list")]
    last = works.rows("SELECT items FROM company.deliveries ORDER BY id DESC LIMIT 2")
    names = {(item["vendor"], item["product"]) for page in last for item in page["items"]}
    assert names == {("Harbourgate", "Edge Firewall")}


def test_an_entry_that_is_back_on_the_list_is_news_again(works: Works) -> None:
    works.open_for(_customer(vendors=["Harbourgate"]))
    works.run("deliver")
    works.brain.wait(hours=2)
    _list(works, *OLD[1:], at=SECOND)
    _next_day(works)

    _list(works, *OLD, at="2026-03-12T09:30:00.1234Z")
    _next_day(works)

    assert _told(works) == [("000", "left_the_list"), ("000", "known_exploited")]


def test_an_entry_that_an_undone_edition_took_off_is_told_to_be_back(works: Works) -> None:
    works.open_for(_customer(vendors=["Harbourgate"]))
    works.run("deliver")
    works.brain.wait(hours=2)
    _list(works, *OLD[1:], at=SECOND)
    _next_day(works)

    works.brain.wait(minutes=1)
    works.brain.owner.run("undo_batch", batch=works.last_batch()["id"], reason="a bad edition")
    works.run("deliver")

    # "taken back" is the correction for whom the undone change had reached.
    assert _told(works) == [("000", "left_the_list"), ("000", "taken_back"), ("000", "known_exploited")]


def test_a_corrected_name_is_told_to_whoever_was_told_of_the_entry_and_whose_it_is_now(works: Works) -> None:
    works.open_for(
        _customer(vendors=["Harbourgate"]), Customer("B", "b@b.invalid", "brief", {"vendors": ["Osterlume"]})
    )
    works.run("deliver")
    _list(works, *OLD, kev_entry(270), kev_entry(271), at=SECOND)
    _next_day(works)

    _list(works, *OLD, kev_entry(270, vendorProject="Osterlume"), kev_entry(271, product="Core"), at=THIRD)
    _next_day(works)
    respelt = kev_entry(270, vendorProject="OSTERLUME LTD")
    _list(works, *OLD, respelt, kev_entry(271, product="Core"), at="2026-03-12T09:30:00.1234Z")
    _next_day(works)

    assert _told(works, 1)[2:] == [("270", "name_corrected")]
    assert _told(works, 2) == [("270", "known_exploited")]


@pytest.mark.parametrize(
    ("filters", "told"),
    [
        ({"products": ["lamp_store"]}, ["271"]),
        ({"products": ["lamp_store"], "vendors": ["OSTERLUME"]}, ["271", "272"]),
        ({"keywords": ["fog horn"]}, ["273"]),
        ({"keywords": ["FOG-HORN", "horns"]}, ["273"]),
        ({"keywords": ["og horn"]}, []),
        ({"kinds": ["score_moved"]}, []),
        ({"kinds": ["known_exploited"], "vendors": ["osterlume"]}, ["272"]),
        ({}, ["271", "272", "273"]),
    ],
)
def test_names_widen_what_is_told_and_kinds_narrow_it(
    works: Works, filters: Mapping[str, Any], told: list[str]
) -> None:
    works.open_for(_customer(**filters))
    works.run("deliver")

    added = [kev_entry(271, product="Lamp Store"), kev_entry(272, vendorProject="Osterlume Ltd")]
    horn = kev_entry(273, vendorProject="Vellmora", shortDescription="A long fog-horn, sounded (twice), stops it.")
    _list(works, *OLD, *added, horn, at=SECOND)
    works.run("deliver")

    assert [cve for cve, _ in _told(works)] == told


def _affects(n: int, vendor: str, product: str, **more: Any) -> dict[str, Any]:
    return record(n, "2026-03-10T16:00:00Z", affected=[{"vendor": vendor, "product": product}], **more)


def test_a_choice_matches_what_no_list_of_exploited_ones_has(works: Works) -> None:
    scored = [{"cvssV3_1": {"version": "3.1", "baseScore": 9.8, "vectorString": "x"}}]
    several = record(
        302,
        "2026-03-10T16:00:00Z",
        metrics=scored,
        affected=[{"vendor": "Osterlume", "product": "Lamp"}, {"vendor": "harbourgate_inc", "product": "Buoy"}],
    )
    _list(works, *({**entry, "vendorProject": "Vellmora"} for entry in OLD), at=SECOND)
    works.serve_only("cves", tarred(_affects(301, "HARBOURGATE GMBH", "Edge", metrics=scored), several))
    works.run("scrape_cves", "check", "promote", "link", "score")
    works.open_for(_customer(vendors=["Harbourgate"], min_score=5))

    works.run("deliver")

    [page] = works.rows("SELECT body FROM company.deliveries")
    top = page["body"].split("NEXT TO BE EXPLOITED")[1]
    assert "CVE-2025-90301" in top and "CVE-2025-90302" in top and "Buoy" in top and "Lamp" not in top


def test_ransomware_is_news_on_the_day_after_an_entry_joined(works: Works) -> None:
    works.open_for(_customer(vendors=["Harbourgate"]))
    works.run("deliver")
    _list(works, *OLD, kev_entry(270), at=SECOND)
    works.run("deliver")

    _list(works, *OLD, kev_entry(270, knownRansomwareCampaignUse="Known"), at=THIRD)
    _next_day(works)
    _next_day(works)

    assert _told(works) == [("270", "known_exploited"), ("270", "ransomware")]


def test_a_day_with_every_oddity_at_once_leaves_no_customer_in_the_dark(works: Works) -> None:
    works.open_for(_customer(vendors=["Harbourgate"], min_score=60))
    works.run("deliver")
    works.brain.wait(hours=2)

    added = [kev_entry(270, cveID="CVE-2025-\u200b90270"), kev_entry(271, dueDate="")]
    respelt = [{**entry, "vendorProject": "HARBOURGATE"} for entry in (*OLD[1:], *added)]
    works.take_in("kev", kev(*respelt, at=SECOND))
    works.run("deliver", "link", "score")
    works.brain.owner.run(
        "add_customer", name="Z", email="z@z.invalid", kind="brief", filters={"vendors": ["harbourgate"]}
    )
    _next_day(works)

    assert sorted(_told(works)) == [("000", "left_the_list"), ("270", "known_exploited"), ("271", "known_exploited")]
    new = works.rows("SELECT body FROM company.deliveries WHERE customer_id = 2")
    assert new[0]["body"].split("NEXT TO BE EXPLOITED")[0].count("https://www.cve.org/CVERecord?id=CVE-") == 10
