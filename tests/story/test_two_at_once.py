"""Two companies at work on one machine at the same time: in one checkout, and as two users. Neither meets the other."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.checkouts import Checkout, copied_checkout
from tests.support.second_owner import ordinary_user, second_owner

QUAKES = Path(__file__).resolve().parents[1] / "quakes"
DAY = ("day", "--calm", "--hours", "2")
SAME = ("fires", "failed_fires", "slots", "pipelines", "notes")

pytestmark = pytest.mark.slow


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    with copied_checkout(tmp_path, VERTICAL="quakes") as checkout:
        checkout.add_files(QUAKES)
        yield checkout


def test_two_days_at_once_in_one_checkout_are_the_same_day(checkout: Checkout) -> None:
    with ThreadPoolExecutor(2) as both:
        first, second = both.map(lambda _: checkout.json(*DAY), range(2))

    assert {name: first[name] for name in SAME} == {name: second[name] for name in SAME}
    assert (first["failed_fires"], first["notes"]) == (0, [])


@pytest.mark.skipif(ordinary_user() is None, reason="only root may act as another user, and needs a Python for all")
def test_two_users_at_once_have_nothing_in_common(checkout: Checkout) -> None:
    account = ordinary_user()
    assert account is not None
    folder = Path(tempfile.mkdtemp(prefix="second-owner-"))  # pytest's own folders are closed to other users
    try:
        with second_owner(account, checkout, folder) as other:
            for command in ((*DAY, "--json"), ("up", "--for", "0")):
                theirs = other.started(*command)
                mine = checkout.run(*command)
                printed, errors = theirs.communicate(timeout=280)
                assert (mine.returncode, theirs.returncode) == (0, 0), mine.stderr + errors
                if "--json" in command:
                    first, second = json.loads(mine.stdout), json.loads(printed)
                    assert {name: first[name] for name in SAME} == {name: second[name] for name in SAME}
            stopped = other.started("stop")
            assert stopped.communicate(timeout=60)[0].startswith("The company is stopped")
    finally:
        shutil.rmtree(folder)
