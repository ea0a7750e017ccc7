"""build_auditor deploys what is proved, watches it by name, keeps it with evidence, and takes it back when it fails."""

from typing import Any

import pytest

from build_auditor import lambdas
from company.fire.fire import Fire
from tests.functions.office import Office
from tests.functions.release import (
    HOLDS,
    PRODUCT,
    alias_of,
    deployment,
    live_layers,
    open_deploy,
    release_again,
)
from tests.functions.workshop import built, change, reads_the_new_name
from tests.pipeline.grown import grown

template_brain = grown(built)


@pytest.fixture(autouse=True)
def trial(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its trial, which others test, shows that the change holds."""
    monkeypatch.setattr("build_auditor.tools.try_change", lambda *_: HOLDS)


def steps(office: Office) -> list[str]:
    return [row["step"] for row in office.rows("SELECT step FROM company.deployment_steps ORDER BY id")]


def test_a_proved_change_is_live_in_every_function_of_the_product(proved: Office) -> None:
    open_deploy(proved)

    answer = proved.run("build_auditor")

    assert (answer["evidence"]["proved"], answer["evidence"]["deployed"]) == (1, 1), answer
    assert deployment(proved)["status"] == "live"
    for role in PRODUCT:
        deps, product = live_layers(proved, role)
        assert (deps, product.split(":")[0].endswith("-changes")) == ("deps:1", True)
        assert alias_of(proved, role) == "2"
    assert steps(proved) == ["started", "planned", "layer_published", *["function_published"] * 3, "moving", "live"]


def test_closed_it_waits_and_at_ask_the_owner_sees_its_lines(proved: Office) -> None:
    open_deploy(proved, "closed")
    assert proved.run("build_auditor")["evidence"]["deployed"] == 0
    assert proved.rows("SELECT * FROM company.decisions") == []

    open_deploy(proved, "ask")
    proved.run("build_auditor")
    [question] = proved.rows("SELECT * FROM company.decisions")
    assert question["question"].startswith("Deploy C-1 (kev: dateAdded comes as date_added")
    assert '+dateAdded = ["dateAdded", "date_added"]' in question["background"]

    proved.answer("yes")
    assert proved.run("build_auditor")["evidence"]["deployed"] == 1
    assert proved.rows("SELECT outcome FROM company.decisions")[0]["outcome"] == "deployed, and watched"


def test_it_is_kept_after_its_functions_have_worked_with_rows(proved: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    open_deploy(proved)
    proved.run("build_auditor")
    assert proved.run("build_auditor")["outcome"] == "skipped"

    reads_the_new_name(monkeypatch)
    proved.works.run("scrape_kev", "check", "promote")
    answer = proved.run("build_auditor")

    assert answer["evidence"]["kept"] == 1, answer
    assert deployment(proved)["evidence"]["rows_in_force"] == 30


def test_a_function_that_fails_moves_every_alias_back_and_tells_the_owner_today(proved: Office) -> None:
    open_deploy(proved)
    proved.run("build_auditor")

    def breaks(fire: Fire) -> Any:
        raise RuntimeError("no such column in the field")

    proved.works.brain.wait(minutes=1)
    with pytest.raises(RuntimeError):
        proved.works.fire("check", breaks, cloud=proved.works.cloud, request_id="breaks")
    answer = proved.run("build_auditor")

    assert answer["evidence"]["rolled_back"] == 1, answer
    assert {alias_of(proved, role) for role in PRODUCT} == {"1"}
    assert live_layers(proved, "check", "$LATEST") == ["deps:1", "product:1"]
    finding = proved.finding("rolled_back")
    assert (finding["level"], finding["watcher"]) == ("today", "build_manager")
    assert "check" in finding["title"]
    assert "no such column" in finding["title"]
    assert proved.run("build_auditor")["outcome"] == "skipped"


def test_a_document_that_is_still_not_read_is_rolled_back(proved: Office) -> None:
    open_deploy(proved)
    proved.run("build_auditor")

    other = b'{"dateReleased": "2026-03-10T19:00:00Z", "vulnerabilities": [{"id": "x"}]}' + b" " * 300
    proved.works.serve_only("kev", other, at="2026-03-10T19:00:00Z")
    proved.works.run("scrape_kev")
    answer = proved.run("build_auditor")

    assert answer["evidence"]["rolled_back"] == 1, answer
    assert "kev is still not read" in deployment(proved)["reason"]


def test_one_that_was_killed_is_resumed_by_a_fire_for_which_its_auditor_is_woken(
    proved: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On its way back too."""
    proved.deploy("build_auditor")
    open_deploy(proved)

    killed_at(proved, monkeypatch, "publish_layer")
    assert woken(proved) == ["wake-build_auditor-d1-started"]
    assert proved.run("build_auditor")["evidence"]["deployed"] == 1

    proved.works.brain.owner.run("order_change", change_id=1, order="roll_back", reason="")
    killed_at(proved, monkeypatch, "move_alias")
    assert woken(proved) == ["wake-build_auditor-d1-back"]
    assert proved.run("build_auditor")["evidence"]["rolled_back"] == 1
    assert {alias_of(proved, role) for role in PRODUCT} == {"1"}


def killed_at(office: Office, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    """The auditor's next fire dies after this call."""
    real = getattr(lambdas, call)

    def killed(*given: Any, **more: Any) -> Any:
        real(*given, **more)
        raise KeyboardInterrupt

    with monkeypatch.context() as meanwhile, pytest.raises(KeyboardInterrupt):
        meanwhile.setattr(lambdas, call, killed)
        office.run("build_auditor")


def woken(office: Office) -> list[str]:
    """The auditor's wakes that a beat half an hour later makes."""
    office.works.brain.wait(minutes=30)
    office.run("heartbeat")
    return [name for name in office.take_wakes() if name.startswith("wake-build_auditor")]


def test_the_owners_deploy_wins_and_says_what_it_undid(proved: Office) -> None:
    open_deploy(proved)
    proved.run("build_auditor")

    release_again(proved)
    proved.works.brain.owner.run("order_change", change_id=1, order="roll_back", reason="")
    answer = proved.run("build_auditor")

    assert answer["evidence"]["undone"] == 1, answer
    assert "your deploy undid C-1" in proved.finding("change_undone")["title"]
    assert alias_of(proved, "check") == "3"
    [order] = proved.rows("SELECT outcome FROM company.change_orders")
    assert order["outcome"] == "it was not in force any more"


def test_the_owner_rolls_back_and_approves_again(proved: Office) -> None:
    open_deploy(proved)
    proved.run("build_auditor")
    order = proved.works.brain.owner
    order.run("order_change", change_id=1, order="roll_back", reason="not today")
    proved.run("build_auditor")
    assert (deployment(proved)["status"], alias_of(proved, "check")) == ("rolled_back", "1")

    proved.works.brain.wait(minutes=1)
    order.run("order_change", change_id=1, order="approve", reason="")
    proved.run("build_auditor")

    assert (change(proved)["status"], deployment(proved)["status"]) == ("proved", "live")
