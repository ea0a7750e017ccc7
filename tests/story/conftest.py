"""One whole demo day, run once for all stories as its owner runs it, from a shell full of production keys."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.functions import conftest as functions
from tests.story.traps import Trap, tempting_environment
from tests.support.checkouts import Checkout, copied_checkout

works, office = functions.works, functions.office


@dataclass(frozen=True)
class Day:
    """The day's checkout, the output of `day --json`, and how many connections the traps counted."""

    checkout: Checkout
    report: dict[str, Any]
    contacts: int

    def json(self, *arguments: str) -> Any:
        """The output of one more command of the owner about this day."""
        done = self.checkout.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="session")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """`watchbill day --json` in a fresh checkout, with a trap at every address that the shell names."""
    with copied_checkout(tmp_path_factory.mktemp("story")) as checkout, Trap().open() as trap:
        done = checkout.run("day", "--json", env=tempting_environment(trap.port))
        assert done.returncode == 0, done.stderr
        yield Day(checkout, json.loads(done.stdout), trap.contacts)
