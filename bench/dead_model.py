"""A day whose model's endpoint is dead, beside the same day by the book: what the dead one costs in seconds."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from socket import socket

from bench.database import BenchDatabase
from bench.measure import Measurement, at_most, in_turns
from tests.support.checkouts import Checkout, copied_checkout
from tests.support.messages_api import failing_api
from tests.support.model_days import KEY
from tests.support.silent_server import silent_server

ROUNDS = 3
"""Of whole days, for each way to be dead: sixteen days take more than five minutes."""
SHORT_HOURS, SHORT_ROUNDS = 3, 2
SHORT_WAYS = ("never answers", "answers 500")
"""What is measured otherwise: a time that runs out, and an error at once. The set-up weighs more in so short a day."""
LIMIT = 1.25
"""The company works by the book at once: a dead endpoint may cost a quarter of a day by the book."""
DAY_SECONDS = 1800
"""For one day, on a machine that others use too."""


def days(_: BenchDatabase, *, is_whole: bool = False) -> Iterator[Measurement]:
    """One day by the book and one for each way to be dead, in turns, each in a checkout of its own."""
    hours, rounds = (24, ROUNDS) if is_whole else (SHORT_HOURS, SHORT_ROUNDS)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="watchbill-bench-")))
        checkout = stack.enter_context(copied_checkout(folder))
        urls = {
            "refuses the connection": stack.enter_context(_refusing_address()),
            "never answers": stack.enter_context(silent_server())[0],
            "answers 500": stack.enter_context(failing_api(500)),
            "answers 401": stack.enter_context(failing_api(401)),
        }
        ways = tuple(urls) if is_whole else SHORT_WAYS
        _by_the_book(checkout, 1)  # unmeasured: it generates the sample's feeds
        by_model = [lambda url=urls[way]: _by_model(checkout, hours, url) for way in ways]
        book, *dead = in_turns([lambda: _by_the_book(checkout, hours), *by_model], rounds=rounds)
    for how, took in zip(ways, dead, strict=True):
        name = f"dead-{how.split()[-1]}"
        yield at_most(name, f"{hours} hours of a day whose model {how} | by the book", took, book, limit=LIMIT)


def _by_the_book(checkout: Checkout, hours: int) -> None:
    checkout.json("day", "--hours", str(hours), seconds=DAY_SECONDS)


def _by_model(checkout: Checkout, hours: int, url: str) -> None:
    """All work is done, by the book: a day that fails would be a short one."""
    shell = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": url}
    report = checkout.json("day", "--hours", str(hours), "--think", "--yes", env=shell, seconds=DAY_SECONDS)
    assert (report["failed_fires"], report["thought"]["usd"]) == (0, 0), report["thought"]


@contextmanager
def _refusing_address() -> Iterator[str]:
    """A port that is taken, so that nobody else gets it, and on which nobody listens."""
    with socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"
