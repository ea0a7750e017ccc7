"""The API keeps what its OpenAPI document promises, whatever is asked: schemathesis makes the requests.

The gate makes few; `--api-examples 2000` makes more. They go over a real socket, as events of a function URL.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from company.api import respond
from tests.support.asked_api import Api, fill
from tests.support.brains import Company, brain_of
from watchbill.cloud.desk_addresses import desk_address
from watchbill.cloud.function_urls import serving

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is in the gate's environment: make gate")
ALWAYS_READ = "/v1/changes"
"""Its cursor is a text that only a page gives: the document cannot say which texts are good."""


@dataclass(frozen=True)
class ServedApi:
    """The API on loopback, with a good key."""

    url: str
    key: str


@pytest.fixture(scope="module")
def served(template_brain: Company) -> Iterator[ServedApi]:
    with brain_of(template_brain) as brain:
        fill(brain)
        api = Api(brain)
        site = api.new_site(is_limited=False)
        with serving(lambda event: respond(site, event), 0) as port:
            yield ServedApi(desk_address(port).rstrip("/"), api.key)


@pytest.mark.parametrize(("path", "method"), [("/v1/cve/{cve}", "GET"), (ALWAYS_READ, "GET"), ("/v1/handled", "POST")])
def test_every_answer_is_one_that_the_document_promises(
    served: ServedApi, path: str, method: str, request: pytest.FixtureRequest
) -> None:
    from hypothesis import HealthCheck, given, settings

    schema = schemathesis.openapi.from_url(f"{served.url}/v1/openapi.json")
    operation = schema[path][method]
    examples = request.config.getoption("--api-examples")
    strategy = operation.as_strategy() | operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE)
    asked: list[str] = []
    excluded = [schemathesis.checks.positive_data_acceptance] if path == ALWAYS_READ else []

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=strategy)
    def holds(case: Any) -> None:
        asked.append(case.path)
        case.call_and_validate(
            base_url=served.url, headers={"Authorization": f"Bearer {served.key}"}, excluded_checks=excluded
        )

    holds()
    assert len(asked) >= examples
