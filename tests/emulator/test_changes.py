"""A change is deployed on another emulator of AWS by the company itself, in real time: `make emulator`.

A publisher renames a column. What follows is what follows on AWS: the company's own functions write the change, prove
it, and put it into force by boto3, and the next fire of the source runs the new code. The next one breaks in the field.
"""

import os
import subprocess
from typing import Any

import pytest

from tests.emulator.conftest import ENTRIES, Publisher
from tests.emulator.running import COMPANY, STACK, Emulator, clean_environment
from watchbill.setup.wanted import ROOT

pytestmark = pytest.mark.emulator
TO_A_CHANGE = ("scrape_kev", "scraping_manager", "scraping_worker", "build_worker", "build_auditor")
PIPELINE = ("scrape_kev", "check", "promote")
NEWEST = "SELECT * FROM company.deployments ORDER BY id DESC LIMIT 1"
IN_FORCE = "SELECT promoted + unchanged AS rows FROM company.batches WHERE status = 'promoted' ORDER BY id DESC LIMIT 1"
LAYER = f"{COMPANY}-changes"


def test_a_change_is_deployed_and_kept_and_one_that_breaks_is_rolled_back(
    emulator: Emulator, publisher: Publisher
) -> None:
    deployed = emulator.deploy("1")
    assert deployed.is_ok, deployed.output
    work(emulator, *PIPELINE)
    owner(emulator, "approvals", "deploy", "open")

    a_renamed_column_is_deployed(emulator, publisher)
    the_next_fire_runs_the_new_code_and_it_is_kept(emulator)
    the_next_change_breaks_and_is_rolled_back(emulator, publisher)
    another_answer_of_the_owners_reaches_what_is_fired(emulator)


def a_renamed_column_is_deployed(emulator: Emulator, publisher: Publisher) -> None:
    """Of the product's functions there is one version more, and the alias is at it; nothing else is touched."""
    before = released(emulator)

    publisher.publish(dateAdded="date_added")
    work(emulator, *TO_A_CHANGE)

    [newest] = emulator.rows(NEWEST)
    after = released(emulator)
    assert (newest["change_id"], newest["status"]) == (1, "live"), newest
    moved = {name for name, one in after.items() if one != before[name]}
    assert moved == set(newest["functions"]) == {name for name, one in after.items() if one["alias"]}
    for name in moved:
        assert len(after[name]["versions"]) == len(before[name]["versions"]) + 1
        assert after[name]["alias"] == newest["functions"][name]["is"] != before[name]["alias"]
        assert changes_layers(after[name]) == [f"{LAYER}:1"]


def the_next_fire_runs_the_new_code_and_it_is_kept(emulator: Emulator) -> None:
    """What was released cannot read this edition."""
    work(emulator, *PIPELINE)
    assert emulator.rows(IN_FORCE) == [{"rows": ENTRIES}]

    work(emulator, "build_auditor")

    [newest] = emulator.rows(NEWEST)
    assert (newest["change_id"], newest["status"]) == (1, "kept"), newest


def the_next_change_breaks_and_is_rolled_back(emulator: Emulator, publisher: Publisher) -> None:
    """An edition after it has entries that are put aside; each alias goes back to the version with the first change."""
    before = released(emulator)
    publisher.publish(dateAdded="date_added", dueDate="due_date")
    work(emulator, *TO_A_CHANGE)
    [newest] = emulator.rows(NEWEST)
    assert (newest["change_id"], newest["status"]) == (2, "live"), newest
    assert {tuple(changes_layers(one)) for one in released(emulator).values() if one["alias"]} == {(f"{LAYER}:2",)}

    publisher.publish(dateAdded="date_added", dueDate="due_date", broken=3)
    work(emulator, *PIPELINE, "build_auditor")

    [newest] = emulator.rows(NEWEST)
    assert (newest["change_id"], newest["status"]) == (2, "rolled_back"), newest
    after = released(emulator)
    assert {name: one["alias"] for name, one in after.items()} == {name: one["alias"] for name, one in before.items()}
    assert {tuple(changes_layers(one)) for one in after.values() if one["alias"]} == {(f"{LAYER}:1",)}


def another_answer_of_the_owners_reaches_what_is_fired(emulator: Emulator) -> None:
    """Each alias fires it. A deploy that brought the release's layer back undid the change that was kept."""
    before = released(emulator)
    emulator.parameters["Settings"] += ";DAILY_USD=1.25"

    deployed = emulator.deploy("2")
    assert deployed.is_ok, deployed.output
    work(emulator, "build_auditor")

    after = released(emulator)
    live = {name: one for name, one in after.items() if one["alias"]}
    assert {one["settings"] for one in after.values()} == {emulator.parameters["Settings"]}
    assert {name for name in after if after[name]["alias"] != before[name]["alias"]} == set(live)
    [has_change] = {bool(changes_layers(one)) for one in live.values()}
    [first] = emulator.rows("SELECT status FROM company.deployments WHERE change_id = 1")
    assert first["status"] == ("kept" if has_change else "undone")


def work(emulator: Emulator, *roles: str) -> None:
    for role in roles:
        ended = emulator.work(role)
        assert ended["status"] in ("succeeded", "failed", "skipped"), (role, ended)


def owner(emulator: Emulator, *words: str) -> None:
    """A command of the owner's on the stack."""
    run = subprocess.run(
        [str(ROOT / ".venv/bin/watchbill"), *words, "--aws", STACK],
        env={**clean_environment(emulator.folder, AWS_ENDPOINT_URL=emulator.url), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def released(emulator: Emulator) -> dict[str, dict[str, Any]]:
    """Of each function its versions, the one that its alias fires ('' without), and that one's layers and answers."""
    client = emulator.client("lambda")
    return {one["FunctionName"]: _released(client, one) for one in client.list_functions(MaxItems=100)["Functions"]}


def _released(client: Any, function: dict[str, Any]) -> dict[str, Any]:
    name = function["FunctionName"]
    aliases = client.list_aliases(FunctionName=name)["Aliases"]
    live = client.get_function_configuration(FunctionName=name, Qualifier="live") if aliases else function
    versions = [one["Version"] for one in client.list_versions_by_function(FunctionName=name)["Versions"]]
    return {
        "versions": versions,
        "alias": aliases[0]["FunctionVersion"] if aliases else "",
        "layers": [layer["Arn"].partition(":layer:")[2] for layer in live["Layers"]],
        "settings": live["Environment"]["Variables"]["SETTINGS"],
    }


def changes_layers(function: dict[str, Any]) -> list[str]:
    return [layer for layer in function["layers"] if layer.startswith(LAYER)]
