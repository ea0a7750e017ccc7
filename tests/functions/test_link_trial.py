"""build_auditor: a changed link is proved where it differs as its task says, and only in which rows it writes."""

from typing import Any

import pytest

from build_auditor.link_trial import writing_of
from build_auditor.statement_rules import NoStatement
from build_auditor.trial_login import StatementFailed, trial_login
from company.brain.sql import load_queries
from company.fire.fire import Fire
from company.outcomes import Done, Outcome
from company.sandbox.diffs import make_diff
from patchfirst.vertical import VERTICAL
from tests.functions.office import Office
from tests.functions.workshop import change
from tests.pipeline.grown import grown
from tests.pipeline.works import Works, kev, kev_entry
from tests.support.brains import SQL

QUERIES = load_queries(SQL, "patchfirst")
OF_CUSTOMERS = {"link_inventories", "unlink_inventories"}


def test_each_link_is_read_in_the_trials_login_but_those_that_read_what_customers_have(office: Office) -> None:
    given: dict[str, Any] = {}

    def work(fire: Fire) -> Outcome:
        with trial_login(fire) as login:
            for link in VERTICAL.links:
                try:
                    login.ask(writing_of(QUERIES[link.query].decode()).question, "count(*) AS n", {})
                except StatementFailed as error:
                    given[link.query] = str(error)
        return Done({"links": 1})

    office.works.brain.wait(minutes=1)
    office.works.fire("build_auditor", work, cloud=office.works.cloud, bucket="works", request_id="tries")

    assert set(given) == OF_CUSTOMERS
    assert set(given.values()) == {"permission denied for table inventory_cves"}


FILE = "patchfirst/queries/links.sql"
JOIN = "v.name IS NOT NULL"
LESS = f"{JOIN} AND k.product <> 'Edge Firewall Lite'"
ONE = "CVE-2025-90003"
NO_ROW = """
import json
from pathlib import Path
def test_it_is_not_linked() -> None:
    assert json.loads(Path("rows.json").read_text())["rows"] == []
"""


def _linked(works: Works) -> None:
    """Thirty CVEs of one vendor, one of another product."""
    entries = [kev_entry(n, **({"product": "Edge Firewall Lite"} if n == 3 else {})) for n in range(30)]
    works.take_in("kev", kev(*entries))
    works.run("link", "score")


template_brain = grown(_linked)


def ask_for_a_link(office: Office, **payload: Any) -> None:
    """A task about the one of another product."""
    given = {"title": "A link of another product", "priority": 5, "dedupe_key": None, "not_before": None}
    about = {"kind": "link_misses", "entities": [ONE], **payload}
    office.works.brain.as_role("build_manager").run("file_task", mode="build", payload=about, **given)


def propose(office: Office, old: str, new: str) -> None:
    text = (SQL / FILE).read_text()
    assert old in text

    def work(fire: Fire) -> Outcome:
        task = fire.use_named("claim_task", {"mode": "build"})
        own = {"subject": "links", "title": "t", "reason": "r", "documents": [], "test": NO_ROW}
        diff = make_diff(FILE, text, text.replace(old, new, 1))
        fire.use_named("propose_change", {"task_id": task.id, "diff": diff, **own})
        return Done({"changes": 1})

    office.works.brain.wait(minutes=1)
    answer = office.works.fire("build_worker", work, cloud=office.works.cloud, bucket="works", request_id="by-model")
    assert answer["outcome"] == "done", answer
    office.run("build_auditor")


def test_a_link_that_differs_as_its_task_says_is_proved_with_its_rows(office: Office) -> None:
    ask_for_a_link(office)

    propose(office, JOIN, LESS)

    proved = change(office)
    assert proved["status"] == "proved", proved["verdict"]
    assert (proved["evidence"]["rows"], proved["evidence"]["rows_before"]) == (1, 30)
    assert f"gone: {ONE} vendor Harbourgate" in " ".join(proved["evidence"]["shows"])
    assert office.value("SELECT count(*) FROM company.links WHERE kind = 'vendor'") == 30


NOT_PROVED = [
    (JOIN, f"{JOIN} AND false", "29 rows of other entities differ, of at most 20"),
    (JOIN, f"{JOIN} AND k.cve <> '{ONE}'", f"it has {ONE} by heart"),
    (JOIN, f"{JOIN} AND k.due_date > company.now()", "it calls company.now"),
    (JOIN, f"{JOIN} AND k.due_date > current_date", "it asks for current_date"),
    (JOIN, f"{JOIN} AND k.product <> ''", "it changes nothing of what its task names"),
    (JOIN, f"{JOIN} AND (SELECT count(*) FROM company.customers) = 0", "permission denied for table customers"),
    (JOIN, f"{JOIN} AND EXISTS (WITH g AS (DELETE FROM company.links RETURNING 1) SELECT 1 FROM g)", "it acts: DELETE"),
    ("INSERT INTO company.links (kind, entity, target)\nSELECT 'vendor'",
     "INSERT INTO company.links (kind, target, entity)\nSELECT 'vendor'", "it writes otherwise"),
    ("DELETE FROM company.links l\nWHERE l.kind = 'vendor' AND NOT EXISTS (",
     "DELETE FROM company.links l\nWHERE l.kind = 'vendor' OR NOT EXISTS (", "rows of other entities differ"),
    ("DELETE FROM company.links l\nWHERE l.kind = 'vendor'",
     "DELETE FROM company.entities l\nWHERE l.kind = 'vendor'", "it writes otherwise"),
    ("m.verdict FROM patchfirst.matched_inventories(NULL) m\nEXCEPT",
     "m.verdict FROM patchfirst.matched_inventories(NULL) m WHERE m.place > 0\nEXCEPT", "permission denied"),
    ("-- name: vendor_spellings\n-- How the feeds spell vendors: how often, and with which products.\nSELECT k.vendor",
     "-- name: vendor_spellings\n-- How the feeds spell vendors.\nSELECT lower(k.vendor)", "makes no links"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "named"), NOT_PROVED, ids=[str(n) for n in range(len(NOT_PROVED))])
def test_a_link_that_writes_otherwise_or_reaches_further_is_refused(
    office: Office, old: str, new: str, named: str
) -> None:
    ask_for_a_link(office)

    propose(office, old, new)

    refused = change(office)
    assert (refused["status"], named in refused["verdict"]) == ("refused", True), refused["verdict"]


def test_what_names_no_entities_shows_nothing(office: Office) -> None:
    ask_for_a_link(office, entities=[])

    propose(office, JOIN, LESS)

    assert "its task names no entities" in change(office)["verdict"]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1",
        "INSERT INTO t SELECT 1",
        "INSERT INTO t (a) VALUES (1)",
        "DELETE FROM a.b l USING c WHERE l.x = c.x",
        "DELETE FROM a.b WHERE x = 1",
        "DELETE FROM a.b l",
        "UPDATE a.b l SET x = c.x FROM c WHERE c.y = l.y",
        "DELETE FROM a.b l WHERE x = 1 RETURNING x",
        "INSERT INTO a.b (x) SELECT 1 ON CONFLICT DO NOTHING; DELETE FROM a.b l WHERE x = 1",
    ],
)
def test_what_does_not_write_in_one_known_way_is_not_tried(statement: str) -> None:
    with pytest.raises(NoStatement):
        writing_of(statement)
