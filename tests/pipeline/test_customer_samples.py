"""The samples in docs/customers.md are what a run makes: one customer with an inventory, on one small day."""

import json
import re
from pathlib import Path
from typing import Any

from company.vertical import Customer
from patchfirst.deliveries import DELIVERIES
from tests.contracts.repository import ROOT
from tests.pipeline.test_changes import record, tarred
from tests.pipeline.works import Works, epss, kev, kev_entry
from tests.support.asked_api import Api
from watchbill.cli.commands.inventory import given, lines_of

PAGE = ROOT / "docs" / "customers.md"
SAMPLE = re.compile(r"<!-- sample: (\w+) -->\n```\n(.*?)```\n", re.DOTALL)
ADDRESS = re.compile(r"http://localhost\S+")
TABLE = """vendor,product,version,cpe,purl
Harbourgate,Edge Firewall,7.1,,
,,,cpe:2.3:a:osterlume:lighthouse_server:2.4:*:*:*:*:*:*:*,
,,,,pkg:pypi/tidewrack@1.9
"""


def small_day(works: Works) -> None:
    """Three CVEs that the inventory has, among forty that it has not."""
    others = [kev_entry(n, vendorProject="Marrowstone", product="Quay") for n in range(40)]
    server = {"affected": [{"vendor": "Osterlume", "product": "Lighthouse Server"}], "title": "Reads files of others"}
    package = {"affected": [{"vendor": "n/a", "product": "tidewrack"}], "title": "Runs what it is sent"}
    works.take_in(
        "cves", tarred(*(record(n, "2026-03-08T06:00:00Z", **one) for n, one in ((50, server), (51, package))))
    )
    works.take_in("epss", epss("CVE-2025-90050,0.61,0.98", "CVE-2025-90051,0.02,0.81", "CVE-2025-90060,0.9,0.99"))
    works.take_in("kev", kev(*others, kev_entry(60, dateAdded="2026-03-09", dueDate="2026-03-30")))
    works.run("link", "score")


def test_every_sample_is_what_a_run_makes(works: Works, tmp_path: Path) -> None:
    small_day(works)
    api = Api(works.brain)
    works.open_for(Customer("Alder", "desk@alder.invalid", "feed", {}))
    made = {"inventory": _inventory(works, tmp_path), **_delivered(works), "handled": _handled(api)}

    shown = dict(SAMPLE.findall(PAGE.read_text(encoding="utf-8")))

    assert shown.keys() == made.keys()
    for name, text in made.items():
        assert shown[name] == text, f"docs/customers.md shows another {name}; it is now:\n{text}"


def _inventory(works: Works, folder: Path) -> str:
    file = folder / "inventory.csv"
    file.write_text(TABLE)
    works.brain.owner.run("set_inventory", customer="Alder", **given(file, DELIVERIES))
    [kept] = works.brain.owner.all("inventory_of_customer", customer_id=1)
    rows = works.brain.owner.all("inventory_components", customer_id=1)
    said = lines_of("Alder", dict(kept), [dict(row) for row in rows], "CVE")
    return "\n".join(
        [f"$ cat {file.name}", TABLE.rstrip(), f"$ watchbill customers inventory Alder --file {file.name}", *said, ""]
    )


def _delivered(works: Works) -> dict[str, str]:
    works.run("deliver")
    [page] = works.rows("SELECT subject, body, further FROM company.deliveries")
    entry = page["further"]["fix_now"][0]
    return {
        "page": f"Subject: {page['subject']}\n\n{ADDRESS.sub('https://.../dashboard/...', page['body'])}",
        "entry": json.dumps(entry, indent=2, ensure_ascii=False) + "\n",
    }


def _handled(api: Api) -> str:
    mark: Any = {"cve": "CVE-2025-90060", "note": "patched by the edge team"}
    sent = {"content-type": "application/json"}
    answers = [api.ask("/v1/handled", method="POST", body=json.dumps(mark), headers=sent) for _ in range(2)]
    asked = f"POST /v1/handled\nauthorization: Bearer wbk_...\ncontent-type: application/json\n\n{json.dumps(mark)}\n"
    return asked + "".join(f"\n{answer['statusCode']} {json.dumps(json.loads(answer['body']))}\n" for answer in answers)
