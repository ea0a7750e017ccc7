"""Pages that the product's code cannot write: one build task for each cause, and nothing of a customer in it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.functions.office import Office
from tests.functions.unwritten import CUSTOMERS, FILE, broken_product, serve_customers
from tests.functions.workshop import build_task
from tests.pipeline.grown import grown

template_brain = grown(serve_customers)
TASKS = "SELECT count(*) FROM company.task_queue WHERE mode = 'build'"
NAMES = [text for customer in CUSTOMERS for text in (customer.name, customer.email)]


def test_what_three_customers_wait_for_is_one_task_from_the_second_fire_on_until_a_page_is_written(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with monkeypatch.context() as broken:
        broken_product(broken, tmp_path)
        filed = [_after_a_fire(office)["evidence"]["filed"] for _ in range(3)]
        task = build_task(office)
    office.works.run("deliver")
    office.run("build_manager")

    assert (filed, office.value(TASKS)) == ([0, 1, 0], 1)
    assert task["title"] == f"3 pages cannot be written: KeyError in {FILE}, _facts"
    payload = task["payload"]
    assert (payload["customers"], payload["customer_ids"], payload["file"]) == (3, [1, 2, 3], FILE)
    assert payload["last_good_at"] < payload["since"]
    assert build_task(office)["status"] == "stale"
    assert "deliver writes such pages again" in build_task(office)["result"]["reason"]


def test_a_message_with_a_customers_address_stands_in_no_task_and_no_log(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    by_name = "number = ({} if row['ransomware'] else {facts.customer['email']: 1})[facts.customer['email']]"
    old = 'number = row["score"] if row.get("number") is None else row["number"]'
    broken_product(monkeypatch, tmp_path, function="_line", old=old, new=by_name)

    for _ in range(2):
        _after_a_fire(office)

    task, [last] = build_task(office), office.rows("SELECT * FROM company.sessions ORDER BY id DESC LIMIT 1")
    said = [task, office.rows("SELECT * FROM company.session_log"), last]
    assert task["payload"]["function"] == "_line"
    assert [name for name in NAMES if name in json.dumps(said, default=str)] == []


def test_two_fires_with_such_a_page_wake_build_manager_once(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken_product(monkeypatch, tmp_path)

    woken = []
    for role in ("deliver", "deliver", "deliver", "build_manager"):
        office.run(role)
        woken.append([row["name"].rpartition("-")[0] for row in _wakes(office) if row["role"] == "build_manager"])

    assert woken == [[], ["wake-build_manager"], ["wake-build_manager"], []]


def _wakes(office: Office) -> list[dict[str, Any]]:
    """The question of each beat never says no where one is due."""
    due = [dict(row) for row in office.works.brain.as_role("heartbeat").all("build_wakes_due", most_a_day=9)]
    [row] = office.works.brain.admin.execute("SELECT company.may_wake_builders(company.now()) AS it_may").fetchall()
    assert row["it_may"] or due == []
    return due


def _after_a_fire(office: Office) -> dict[str, Any]:
    """build_manager's fire after one of deliver."""
    [delivered] = office.works.run("deliver")
    assert delivered["evidence"]["items_failed"] == 3, delivered
    return office.run("build_manager")
