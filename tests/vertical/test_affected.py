"""Every vendor and product that a record names, and the first of them to show."""

from typing import Any

import pytest

from company.vertical import Details
from patchfirst.affected import MOST, affected_by_cpe, affected_of


def _pairs(*containers: dict[str, Any]) -> list[tuple[str, str]]:
    affected = affected_of(containers, Details())
    return list(zip(affected.vendors, affected.products, strict=True))


def _cpe(*criteria: object, **more: object) -> list[dict[str, Any]]:
    return [{"nodes": [{"cpeMatch": [{"vulnerable": True, "criteria": one, **more} for one in criteria]}]}]


def test_the_second_product_or_anothers_container_has_the_names_that_the_assigner_left_out() -> None:
    nameless, named = {"vendor": "n/a", "product": "n/a"}, {"vendor": "Brightmoor", "product": "Lattice Switch"}

    assert _pairs({"affected": [nameless, named]}) == [("Brightmoor", "Lattice Switch")]
    assert _pairs({"affected": [nameless]}, {"affected": [named]}) == [("Brightmoor", "Lattice Switch")]


def test_all_pairs_are_kept_once_and_those_with_both_names_come_first() -> None:
    one = {"affected": [{"product": "Half"}, {"vendor": "A", "product": "B"}, {"vendor": "A", "product": "B"}]}

    assert _pairs(one, {"affected": [{"vendor": "C", "product": "Unknown"}]}) == [("A", "B"), ("", "Half"), ("C", "")]


def test_an_entry_that_names_a_package_and_no_product_has_the_packages_name() -> None:
    package = {"vendor": "Brightmoor", "packageName": "lattice", "collectionURL": "https://registry.invalid"}

    assert _pairs({"affected": [package]}) == [("Brightmoor", "lattice")]
    assert _pairs({"affected": [package | {"product": "n/a"}]}) == [("Brightmoor", "lattice")]
    assert _pairs({"affected": [package | {"product": "Lattice Switch"}]}) == [("Brightmoor", "Lattice Switch")]
    assert _pairs({"affected": [package | {"packageName": "n/a"}]}) == [("Brightmoor", "")]


def test_where_nobody_writes_a_name_the_cpe_names_have_it() -> None:
    nameless: dict[str, Any] = {"vendor": "n/a", "product": "n/a"}
    criteria = "cpe:2.3:a:bright_moor:lattice_switch:*:*:*:*:*:*:*:*"
    match = {"vulnerable": True, "criteria": criteria, "versionEndExcluding": "1.2"}
    applies = [{"nodes": [{"operator": "OR", "negate": False, "cpeMatch": [match]}]}]
    named = {"vendor": "Brightmoor", "product": "Lattice Switch"}

    assert _pairs({"affected": [nameless | {"cpes": [criteria, criteria, 7]}]}) == [("bright moor", "lattice switch")]
    assert _pairs({"affected": [nameless]}, {"cpeApplicability": applies}) == [("bright moor", "lattice switch")]
    assert affected_of([{"cpeApplicability": applies}], Details()).versions == ["+<1.2"]
    assert _pairs({"affected": [named | {"cpes": [criteria]}], "cpeApplicability": applies}) == [
        ("Brightmoor", "Lattice Switch")
    ]


def test_what_is_listed_as_unaffected_is_none_of_them() -> None:
    safe = {"vendor": "A", "product": "Safe", "defaultStatus": "unaffected", "versions": [{"status": "unaffected"}]}
    mixed = {"vendor": "A", "product": "Mixed", "defaultStatus": "unaffected", "versions": [{"status": "affected"}]}

    assert _pairs({"affected": [safe, mixed]}) == [("A", "Mixed")]


def test_a_status_is_read_in_any_letters() -> None:
    safe = {"vendor": "A", "product": "Safe", "defaultStatus": "Unaffected", "versions": [{"status": "UNAFFECTED"}]}
    changes = [{"at": "1.5", "status": "Unaffected"}]
    given = [{"version": "1", "lessThan": "2", "status": "Affected", "changes": changes}]
    mixed = {"vendor": "A", "product": "Mixed", "defaultStatus": "unaffected ", "versions": given}

    affected = affected_of([{"affected": [safe, mixed]}], Details())

    assert [*affected.products] == ["Mixed"]
    assert [*affected.versions] == ["+>=1 <1.5|->=1.5 <2|-"]


def test_a_record_of_thousands_of_products_is_bounded() -> None:
    assert len(_pairs({"affected": [{"vendor": "A", "product": str(n)} for n in range(5000)]})) == MOST


@pytest.mark.parametrize(
    "odd",
    [
        "a word",
        7,
        True,
        ["a word", 7, None],
        {"vendor": 7, "product": ["x"]},
        [{"versions": "all"}],
        [[{"vendor": "A"}]],
    ],
)
def test_a_list_of_another_type_costs_only_itself_and_is_counted(odd: object) -> None:
    details = Details()

    assert affected_of([{"affected": odd}], details).vendors == []
    assert list(details.unread) == ["affected"]


def test_one_object_where_a_list_belongs_is_a_list_of_one() -> None:
    assert _pairs({"affected": {"vendor": "A", "product": "B"}}) == [("A", "B")]


def test_the_names_of_a_cpe_are_read_as_people_write_them() -> None:
    affected = affected_by_cpe(
        _cpe(
            r"cpe:2.3:a:bright_moor:lattice\:switch:1.0:*:*:*:*:*:*:*",
            "cpe:/o:bright_moor:kernel%21:2",
            "cpe:2.3:a:*:-",
        ),
        Details(),
    )

    assert list(affected.vendors) == ["bright moor", "bright moor"]
    assert list(affected.products) == ["lattice:switch", "kernel!"]


def test_what_only_has_to_be_there_too_is_not_affected_and_an_odd_name_is_counted() -> None:
    details = Details()
    odd = [*_cpe("cpe:2.3:h:a:b:*", vulnerable=False), *_cpe("a word", 7), "a word", {"nodes": 7}]

    assert affected_by_cpe(odd, details).vendors == []
    assert {field: unread.count for field, unread in details.unread.items()} == {"cpe": 2, "configurations": 2}
