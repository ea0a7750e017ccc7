"""`watchbill customers inventory`: what a customer runs comes out of a file, is shown, replaced and taken back."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Watchbill
from tests.support.brains import TestBrain
from watchbill.home import LastDay

ALDER = ("customers", "inventory", "Alder Bank")


@pytest.fixture
def served(brain: TestBrain, last_day: LastDay) -> TestBrain:
    brain.owner.run("add_customer", name="Alder Bank", email="desk@alder.invalid", kind="brief", filters={})
    return brain


def test_an_inventory_is_given_shown_replaced_and_taken_back(
    watchbill: Watchbill, served: TestBrain, tmp_path: Path
) -> None:
    assert "Alder Bank has no inventory" in watchbill(*ALDER).out
    many = [{"type": "library", "name": f"part {n}", "version": "1"} for n in range(12)]
    bom = tmp_path / "shop.json"
    bom.write_text(json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [*many, {"purl": "x"}]}))

    given = watchbill(*ALDER, "--file", str(bom))

    assert given.out.splitlines()[:2] == [
        "Alder Bank: 12 components of shop.json (CycloneDX 1.5).",
        "0 components may have 0 CVEs in all; they are on the lists from now on.",
    ]
    assert all(said in given.out for said in ("part 9 1\n", "and 2 more (--json lists all)", "component 13 cannot be"))
    kept = json.loads(watchbill(*ALDER, "--json").out)
    assert (kept["file_name"], len(kept["components"]), len(kept["faults"])) == ("shop.json", 12, 1)

    bom.write_text("vendor,product\nHarbour,Wall\n")
    assert "1 component of shop.json (CSV)" in watchbill(*ALDER, "--file", str(bom)).out
    bom.write_text("{")
    broken = watchbill(*ALDER, "--file", str(bom))
    assert broken.code == 1 and "shop.json: not whole JSON" in broken.err and len(broken.err.splitlines()) == 1
    assert "1 component of shop.json (CSV)" in watchbill(*ALDER).out, "a broken file replaces nothing"

    assert watchbill(*ALDER, "--file", str(bom), "--remove").code == 2
    assert "has no inventory" in watchbill(*ALDER, "--remove").out
    assert served.sql("owner", "SELECT count(*) AS n FROM company.inventories")[0]["n"] == 3, "each one is kept"
