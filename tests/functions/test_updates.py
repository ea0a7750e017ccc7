"""A change is deployed on a Lambda that settles late and refuses meanwhile, as the real one does."""

from collections.abc import Callable

import pytest

from build_auditor import updates
from tests.functions.office import Office
from tests.functions.release import PRODUCT, alias_of, deployment, live_layers, open_deploy
from tests.functions.workshop import built
from tests.pipeline.grown import grown
from tests.support.strict_lambda import StrictCloud, StrictLambda

template_brain = grown(built)


@pytest.fixture
def strict(proved: Office, monkeypatch: pytest.MonkeyPatch) -> StrictLambda:
    monkeypatch.setattr(updates, "POLL_SECONDS", 0)
    cloud = StrictCloud(proved.works.cloud)
    monkeypatch.setattr(proved.works, "cloud", cloud)
    open_deploy(proved)
    return cloud.strict


def test_a_change_waits_for_each_update_and_each_version_on_both_ways(proved: Office, strict: StrictLambda) -> None:
    assert proved.run("build_auditor")["evidence"]["deployed"] == 1
    assert {live_layers(proved, role)[1].partition("-")[2] for role in PRODUCT} == {"changes:1"}

    proved.works.brain.owner.run("order_change", change_id=1, order="roll_back", reason="")
    assert proved.run("build_auditor")["evidence"]["rolled_back"] == 1

    assert {tuple(live_layers(proved, role, q)) for role in PRODUCT for q in ("live", "$LATEST")} == {
        ("deps:1", "product:1")
    }
    assert strict.not_invoked == []


def test_a_fire_that_goes_on_waits_for_the_update_of_the_one_that_died(proved: Office, strict: StrictLambda) -> None:
    def dies() -> None:
        raise RuntimeError("the process is gone")

    strict.before["publish_version"] = dies
    proved.run("build_auditor")
    strict.unsettled["x-check:$LATEST"] = 2
    assert deployment(proved)["status"] == "started"

    assert proved.run("build_auditor")["evidence"]["deployed"] == 1
    assert strict.not_invoked == []


def test_a_version_that_never_becomes_active_is_not_fired(proved: Office, strict: StrictLambda) -> None:
    strict.ends_as = "Failed"

    assert proved.run("build_auditor")["evidence"]["rolled_back"] == 1

    assert {alias_of(proved, role) for role in PRODUCT} == {"1"}
    assert "version 2 of x-check is Failed" in deployment(proved)["reason"]


def of_new_code(strict: StrictLambda) -> None:
    strict.real.update_function_code(FunctionName="x-check", ZipFile=b"new", Publish=False)


def of_a_new_layer(strict: StrictLambda) -> None:
    arn = strict.real.publish_layer_version(LayerName="deps", Content={"ZipFile": b"new"})["LayerVersionArn"]
    own = strict.real.get_function_configuration(FunctionName="x-check")["Layers"]
    strict.real.update_function_configuration(FunctionName="x-check", Layers=[arn, own[1]["Arn"]])


@pytest.mark.parametrize("half", [of_new_code, of_a_new_layer])
def test_half_of_a_deploy_of_the_owners_is_neither_published_nor_touched(
    proved: Office, strict: StrictLambda, half: Callable[[StrictLambda], None]
) -> None:
    """CloudFormation has changed the function, and has not published it yet."""
    half(strict)
    before = live_layers(proved, "check", "$LATEST")

    assert proved.run("build_auditor")["evidence"]["withdrawn"] == 1

    assert live_layers(proved, "check", "$LATEST") == before
    assert "x-check" in deployment(proved)["reason"]
    assert len(strict.real.list_versions_by_function(FunctionName="x-check")["Versions"]) == 2
    assert {one["LayerName"] for one in strict.real.list_layers()["Layers"]} == {"deps", "product"}


@pytest.mark.parametrize("half", [of_new_code, of_a_new_layer])
@pytest.mark.parametrize("call", ["update_function_configuration", "publish_version"])
def test_what_another_changes_in_the_moment_before_a_call_is_not_published_and_stays(
    proved: Office, strict: StrictLambda, call: str, half: Callable[[StrictLambda], None]
) -> None:
    strict.before[call] = lambda: half(strict)

    assert proved.run("build_auditor")["evidence"]["withdrawn"] == 1

    assert {alias_of(proved, role) for role in PRODUCT} == {"1"}
    assert len(strict.real.list_versions_by_function(FunctionName="x-check")["Versions"]) == 2
    assert live_layers(proved, "check", "$LATEST")[0] == ("deps:2" if half is of_a_new_layer else "deps:1")
    assert not [
        layer for layer in live_layers(proved, "check", "$LATEST") if "changes" in layer and half is of_new_code
    ]


def test_a_change_is_rolled_back_also_where_its_version_of_before_is_gone(proved: Office, strict: StrictLambda) -> None:
    """A deploy of another answer published the function again, with its layers, and deleted the version before."""
    proved.run("build_auditor")
    strict.real.update_function_configuration(FunctionName="x-check", Timeout=99)
    again = strict.real.publish_version(FunctionName="x-check")["Version"]
    strict.real.update_alias(FunctionName="x-check", Name="live", FunctionVersion=again)
    strict.gone.add("x-check:1")

    proved.works.brain.owner.run("order_change", change_id=1, order="roll_back", reason="")
    assert proved.run("build_auditor")["evidence"]["rolled_back"] == 1

    assert {tuple(live_layers(proved, role)) for role in PRODUCT} == {("deps:1", "product:1")}
    assert strict.not_invoked == []
