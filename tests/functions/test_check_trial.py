"""build_auditor: a change of a check is proved where it is stricter as its task says, and never where it is weaker."""

from collections.abc import Callable
from typing import Any

import pytest

from company.fire.fire import Fire
from company.outcomes import Done, Outcome
from company.sandbox.diffs import make_diff
from tests.functions.office import Office, office_of
from tests.functions.release import alias_of, deployment, in_layer, live_layers, open_deploy, release
from tests.functions.workshop import build_task, change, edition
from tests.pipeline.grown import grown
from tests.pipeline.works import kev, kev_entry
from tests.support.brains import SQL

FILE = "patchfirst/queries/checks.sql"
CHECK = "check_kev_dates"
LATE = "SELECT row_no, format('due %%s', due_date) AS reason FROM patchfirst.kev_staging WHERE batch_id = %(batch)s"
TOO_LATE = f"{LATE} AND due_date > date_added + 3000"
"""What finds the rows that the owner took back, and none of other editions."""
BAD = 3


def taken_back(office: Office) -> None:
    """A good edition, then one with three due dates of 2076, which the owner takes back; its task is filed."""
    office.works.take_in("kev", edition(17))
    entries = [
        kev_entry(n, dateAdded="2026-01-02", dueDate="2076-02-02" if n < BAD else "2026-02-02") for n in range(30)
    ]
    batch = office.works.take_in("kev", kev(*entries, at="2026-03-10T18:00:00Z"), at="2026-03-10T18:00:00Z")
    assert batch["status"] == "promoted"
    office.works.brain.owner.run("undo_batch", batch=batch["id"], reason="three due dates are of 2076")
    office.run("build_manager")


template_brain = grown(lambda works: taken_back(office_of(works)))


def propose(office: Office, **given: Any) -> None:
    """The change that a model of build_worker writes with its tools, except for what is given."""

    def work(fire: Fire) -> Outcome:
        task = fire.use_named("claim_task", {"mode": "build"})
        rows, keys = given.pop("rows", TOO_LATE), ["CVE-2025-90000", "CVE-2025-90002"]
        draft = fire.use_named(
            "draft_check", {"name": CHECK, "rows": rows, "raw_id": task.payload["raw_id"], "keys": keys}
        )
        own = {"subject": "kev", "title": "KEV's due dates", "reason": "They were of 2076.", "documents": []}
        fire.use_named("propose_change", {"task_id": task.id, **own, **vars(draft), **given})
        return Done({"changes": 1})

    office.works.brain.wait(minutes=1)
    answer = office.works.fire("build_worker", work, cloud=office.works.cloud, bucket="works", request_id="by-model")
    assert answer["outcome"] == "done", answer


def rewritten(changed: Callable[[str], str]) -> str:
    text = (SQL / FILE).read_text()
    return make_diff(FILE, text, changed(text))


def test_what_no_check_stopped_becomes_a_task_and_a_stricter_check_that_is_proved(office: Office) -> None:
    task = build_task(office)
    propose(office)

    answer = office.run("build_auditor")

    proved = change(office)
    assert (answer["evidence"]["proved"], proved["status"]) == (1, "proved"), proved["verdict"]
    assert (task["payload"]["kind"], task["payload"]["rows_affected"]) == ("check_misses", 29)
    assert task["payload"]["evidence"]["sha256"]
    shown = proved["evidence"]
    assert (shown["rows"], shown["rows_before"], shown["others"], shown["others_differing"]) == (3, 0, 1, 0)
    [said] = shown["shows"]
    assert "3 rows more (CVE-2025-90000: due 2076-02-02" in said and "which are put aside" in said


LATE_BESIDE = f"{LATE} AND due_date > date_added + 20"
WHOLE = "b.edition_at + interval '1 day')::date)"
NOT_PROVED: list[tuple[dict[str, Any], str]] = [
    (
        {"diff": rewritten(lambda text: text.replace("'1999-01-01' OR s.due", "'1990-01-01' OR s.due"))},
        "does not stay whole",
    ),
    (
        {"diff": rewritten(lambda text: text.replace(WHOLE, f"{WHOLE} AND false"))},
        "nothing is added behind it by UNION",
    ),
    ({"diff": rewritten(lambda text: text.replace(WHOLE, f"{WHOLE} LIMIT 0"))}, "nothing is added behind it by UNION"),
    ({"rows": f"{TOO_LATE} EXCEPT SELECT row_no, '' FROM patchfirst.kev_staging"}, "EXCEPT would take rows away"),
    ({"rows": f"{TOO_LATE} LIMIT 1"}, "LIMIT would take rows away"),
    (
        {"diff": rewritten(lambda text: text[: text.index("-- name: check_epss")] + "-- none\n")},
        "check_epss_range is gone",
    ),
    (
        {"diff": rewritten(lambda text: text + "\n-- name: mine\n-- One more.\nSELECT 1\n")},
        "mine is new",
    ),
    ({"diff": rewritten(lambda text: text.replace("cvss_score NOT", "cvss_score  NOT"))}, "check_cves and check_nvd"),
    (
        {"diff": rewritten(lambda text: text.replace("10\n\n-- name: check_nvd", "11\n\n-- name: check_nvd"))},
        "checks cves",
    ),
    ({"subject": "epss"}, "checks kev, and the change is about epss"),
    ({"rows": LATE_BESIDE}, "it changes what its task does not name: batch 1 of 2026-03-10 17:00: 30 rows more"),
    ({"rows": f"{LATE} AND false"}, "it changes nothing of what its task names"),
    ({"rows": f"{TOO_LATE} AND cve IN ('CVE-2025-90000', 'CVE-2025-90002')"}, "it has CVE-2025-90000 by heart"),
    ({"rows": f"{TOO_LATE} AND cve LIKE 'CVE-2025-%%'"}, "it has CVE-2025- by heart"),
    ({"rows": f"{TOO_LATE} AND due_date > current_date"}, "it asks for current_date"),
    ({"rows": f"{TOO_LATE} AND due_date > 'today'::date"}, "it asks for today"),
    ({"rows": f"{TOO_LATE} AND pg_sleep(1) IS NULL"}, "it calls pg_sleep"),
    (
        {"rows": "SELECT id::integer, email FROM company.customers WHERE id > %(batch)s"},
        "permission denied for table customers",
    ),
    ({"rows": "SELECT 99999, 'x' AS reason WHERE %(batch)s > 0"}, "a row that batch 1 does not have"),
    (
        {"rows": TOO_LATE.replace("AS reason", "|| '!' AS reason") + f" UNION ALL {TOO_LATE}"},
        "finds a row of batch 2 twice",
    ),
    ({"rows": f"{LATE} AND 1 / (row_no - row_no) > 0"}, "it cannot be tried: division by zero"),
    ({"test": "def test_it() -> None:\n    assert True\n"}, "its own test passed without the change"),
    ({"test": "def test_it() -> None:\n    assert False\n"}, "its own test fails with it"),
]


@pytest.mark.parametrize(("given", "named"), NOT_PROVED, ids=[named for _, named in NOT_PROVED])
def test_a_check_that_is_weaker_or_finds_something_else_is_refused(
    office: Office, given: dict[str, Any], named: str
) -> None:
    propose(office, **given)

    office.run("build_auditor")

    refused = change(office)
    assert (refused["status"], named in refused["verdict"]) == ("refused", True), refused["verdict"]


def test_a_check_is_deployed_only_with_its_owners_yes_and_is_asked_by_the_machine_that_checks(office: Office) -> None:
    office.product_layer = release(office)
    open_deploy(office)
    propose(office)
    office.run("build_auditor")
    [asked] = office.rows("SELECT * FROM company.decisions")
    assert office.rows("SELECT * FROM company.deployments") == []
    assert "3 rows more (CVE-2025-90000: due 2076-02-02" in asked["background"]
    assert "+UNION" in asked["background"]

    office.answer("yes")
    office.run("build_auditor")

    assert deployment(office)["status"] == "live"
    [layer] = [arn for arn in live_layers(office, "check") if "-changes:" in arn]
    assert TOO_LATE in in_layer(office, layer, f"python/{FILE}")


def _is_live(office: Office) -> None:
    office.product_layer = release(office)
    open_deploy(office)
    propose(office)
    office.run("build_auditor")
    office.answer("yes")
    office.run("build_auditor")
    assert deployment(office)["status"] == "live"


def test_a_check_is_kept_when_an_edition_has_passed_it(office: Office) -> None:
    _is_live(office)
    office.works.take_in("kev", edition(19), at="2026-03-10T19:00:00Z")

    office.run("build_auditor")

    assert deployment(office)["status"] == "kept", deployment(office)


def test_a_check_that_holds_the_first_edition_after_it_is_rolled_back(office: Office) -> None:
    _is_live(office)
    before = alias_of(office, "check")
    office.works.take_in("kev", edition(19, count=5), at="2026-03-10T19:00:00Z")
    assert office.works.last_batch()["status"] == "held"

    office.run("build_auditor")

    assert deployment(office)["status"] == "rolled_back"
    assert alias_of(office, "check") != before
    assert office.rows("SELECT title FROM company.findings WHERE kind = 'rolled_back'")
