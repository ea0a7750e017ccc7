"""A whole company day with a model: `watchbill day --think` in a copied checkout, asking a local Messages API."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.checkouts import Checkout, copied_checkout
from tests.support.late_days import WHOLE, day_of
from tests.support.messages_api import Body, MessagesApi, Script, messages_api

TESTS = Path(__file__).resolve().parents[1]
KEY = "a-key-of-the-test"
WHO = re.compile(r"You are (\w+), session (\d+)\.")


@dataclass(frozen=True)
class ModelDay:
    """The checkout whose day was run, the two outputs of `day --json`, and the server."""

    checkout: Checkout
    report: dict[str, Any]
    stderr: str
    api: MessagesApi

    def json(self, *arguments: str) -> Any:
        """What one more command prints about this day, as JSON."""
        return self.checkout.json(*arguments)


@contextmanager
def model_day(
    folder: Path, script: Script, *arguments: str, product: str = "patchfirst", hours: int = WHOLE
) -> Iterator[ModelDay]:
    """Runs the day in a folder of its own; the script is asked for each turn of each employee.

    product may be one of the tests' own; hours: up to 07:00.
    """
    with copied_checkout(folder, VERTICAL=product) as checkout, messages_api(script) as api:
        if (TESTS / product).is_dir():
            checkout.add_files(TESTS / product)
        shell = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": api.url}
        done = day_of(checkout, hours, "--think", "--json", *arguments, env=shell)
        assert done.returncode == 0, done.stderr
        yield ModelDay(checkout, json.loads(done.stdout), done.stderr, api)


def who_asks(body: Body) -> tuple[str, int]:
    """The employee and the session of an ask."""
    found = WHO.search(json.dumps(body["messages"][0]["content"]))
    assert found is not None, "the first message says who asks"
    return found[1], int(found[2])


def turn_of(body: Body) -> int:
    """1 for a session's first ask."""
    return 1 + len([message for message in body["messages"] if message["role"] == "assistant"])


def tools_without_arguments(body: Body) -> list[str]:
    """The tools of this ask that may be called with nothing, in their order; finish is not among them."""
    return [tool["name"] for tool in body["tools"] if not tool["input_schema"].get("required")]
