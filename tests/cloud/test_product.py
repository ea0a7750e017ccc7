"""Another product's template: the whole company, with that product's parts instead of the shipped product's."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from company.records import read_staff
from company.vertical import Route, Source, Vertical
from tests.contracts.repository import PRODUCT
from watchbill.cloud.template.product_template import composed, template_of
from watchbill.errors import DeskError
from watchbill.home import CHECKOUT, TEMPLATE

QUAKES = CHECKOUT / "tests" / "quakes"
SHIPPED = Vertical("patchfirst", "", "", ())


def product(name: str = "quakes") -> Vertical:
    source = Source("quakes", ("https://quakes.invalid",), lambda *_: None, Route("/q", "text/plain"))  # type: ignore[arg-type]
    return Vertical(name, name.capitalize(), "", (source,))


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The part of a checkout from which a template is made, with the earthquakes added."""
    for part in ("functions", "infra"):
        shutil.copytree(CHECKOUT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(QUAKES / part, tmp_path / part, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def whole(checkout: Path) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(composed(checkout, product()))
    return document


def test_the_other_products_parts_take_the_place_of_the_shipped_ones(whole: dict[str, Any]) -> None:
    roles = {
        one["Properties"]["Environment"]["Variables"]["ROLE"]
        for one in whole["Resources"].values()
        if one["Type"] == "AWS::Serverless::Function"
    }

    staff = read_staff(CHECKOUT / "functions")
    assert roles == {role for role, one in staff.items() if one.product is None} | {"scrape_quakes"}
    assert [layer["Ref"] for layer in whole["Globals"]["Function"]["Layers"]] == [
        "DepsLayer", "CompanyLayer", "QuakesLayer", "SqlLayer",
    ]  # fmt: skip
    assert whole["Globals"]["Function"]["Environment"]["Variables"]["VERTICAL"] == "quakes"
    assert {"Ref": "QuakesLayer"} in whole["Resources"]["Migration"]["Properties"]["Layers"]


def test_a_deployed_change_of_a_reader_is_live_in_the_function_that_reads(whole: dict[str, Any]) -> None:
    """build_auditor deploys to what schedules fire by the alias, and may do so with every scrape_*."""
    functions = [one["Properties"] for one in whole["Resources"].values() if one["Type"] == "AWS::Serverless::Function"]
    readers = [one for one in functions if "-scrape_" in str(one["FunctionName"])]

    assert len(readers) == 1
    assert [one.get("AutoPublishAlias") for one in readers] == ["live"]
    assert [one.get("VersionDescription") for one in readers] == [{"Fn::GetAtt": ["Migration", "Answers"]}]


def test_each_layer_of_packages_is_built_and_not_shipped_as_it_lies_there(checkout: Path) -> None:
    (checkout / "layers/quakes").mkdir(parents=True)
    (checkout / "layers/quakes/Makefile").write_text("")
    resources = yaml.safe_load(composed(checkout, product()))["Resources"]

    built = {name for name, one in resources.items() if one.get("Metadata", {}).get("BuildMethod") == "makefile"}
    assert built == {"DepsLayer", "CompanyLayer", "QuakesLayer"}


def test_a_new_role_is_added_to_its_domains_alarm_and_a_removed_one_is_taken_out(whole: dict[str, Any]) -> None:
    metrics = [m["Id"] for m in whole["Resources"]["ScrapingErrors"]["Properties"]["Metrics"]]

    assert "scrape_quakes" in metrics and "scraping_manager" in metrics
    assert not [one for one in metrics if one.startswith("scrape_") and one != "scrape_quakes"]


def test_the_shipped_product_is_deployed_by_the_template_as_it_is(tmp_path: Path) -> None:
    assert template_of(CHECKOUT, SHIPPED, tmp_path) == TEMPLATE
    assert PRODUCT.name == "patchfirst" and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (None, "infra/quakes.yaml is missing"),
        ("Resources: {Bucket: {Type: AWS::S3::Bucket}}", "Bucket exists in infra/template.yaml already"),
        ("Resources: {Q: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref Nobody}}}", "Nobody is referred to"),
        ("Resources: [", "is not YAML"),
        ("Parameters: {}", "has no Resources"),
    ],
)
def test_a_part_that_does_not_fit_is_refused_by_name(checkout: Path, part: str | None, expected: str) -> None:
    path = checkout / "infra" / "quakes.yaml"
    path.unlink() if part is None else path.write_text(part, encoding="utf-8")

    with pytest.raises(DeskError, match=expected):
        composed(checkout, product())


def test_only_machines_that_fetch_belong_to_a_product() -> None:
    staff = read_staff(CHECKOUT / "functions")

    assert {role for role, one in staff.items() if one.product} == {r for r in staff if r.startswith("scrape_")}


def test_a_whole_second_product_fits_in_150_lines() -> None:
    files = [path for path in QUAKES.rglob("*") if path.is_file() and path.suffix != ".pyc"]

    assert len(files) == 10
    assert sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files) < 150
