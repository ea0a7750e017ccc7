"""Whether an endpoint answers at all is found out in a second, without the SDK, and says nothing of the key."""

import subprocess
import sys
from collections.abc import Iterator
from socket import socket
from time import monotonic

import pytest

from company.model.liveness import require_answer
from company.model.port import EndpointDown, ModelMisconfigured
from tests.support.messages_api import failing_api, messages_api
from tests.support.silent_server import silent_server

KEY = "sk-of-the-test"
WITHOUT_SDK = """
import sys
from company.model.anthropic import open_model
from company.model.port import EndpointDown
from company.settings import Settings
made = open_model(Settings.model_construct(company_model="anthropic", anthropic_base_url=sys.argv[1]), "k")
try:
    made.check("m", 1.0)
except EndpointDown as down:
    print(down, "anthropic" in sys.modules)
"""


@pytest.fixture
def nobody() -> Iterator[str]:
    """An address on which nobody listens, and which nobody else gets meanwhile."""
    with socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


def test_an_endpoint_that_counts_the_tokens_is_there() -> None:
    with messages_api([]) as api:
        require_answer(api.url, KEY, "m", 2.0)

    assert (api.checks, api.asked) == (1, [])


@pytest.mark.parametrize("status", [400, 404, 429, 500, 529])
def test_an_endpoint_is_there_whatever_it_says_to_the_question(status: int) -> None:
    with failing_api(status) as url:
        assert _is_there(url)


def _is_there(address: str) -> bool:
    """True; EndpointDown or ModelMisconfigured fails the test."""
    require_answer(address, KEY, "m", 2.0)
    return True


@pytest.mark.parametrize("status", [401, 402, 403])
def test_a_refused_key_is_a_misconfiguration_that_does_not_repeat_the_key(status: int) -> None:
    with failing_api(status, f"the key {KEY} is unknown") as url, pytest.raises(ModelMisconfigured) as refused:
        require_answer(url, KEY, "m", 2.0)

    assert str(refused.value) == f"the model's configuration: {status}, the key [key] is unknown"


def test_a_silent_endpoint_is_waited_for_one_step_long() -> None:
    with silent_server() as (url, _):
        began = monotonic()
        with pytest.raises(EndpointDown, match="gave no answer within 0.3 s"):
            require_answer(url, KEY, "m", 0.3)

    assert monotonic() - began < 1.5


def test_an_endpoint_that_is_not_there_is_found_without_the_sdk(nobody: str) -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_SDK, nobody], capture_output=True, text=True, check=True)

    assert done.stdout == "the model's endpoint cannot be reached: ConnectError False\n"


@pytest.mark.parametrize("address", ["::", "ftp://127.0.0.1:9", "no address"])
def test_an_address_that_is_none_is_left_to_the_sdk_which_names_it(address: str) -> None:
    assert _is_there(address)
