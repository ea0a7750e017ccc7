"""Whatever is killed, and when: the next start is clean, and nothing is left behind.

`make test ARGS="tests/story/test_kills.py --kills 30 --kill-seed 1"` kills longer, and otherwise.
"""

import random
from pathlib import Path

import pytest

from tests.cloud.lambdas import becomes_true
from tests.cloud.servers import databases, logins
from tests.support.checkouts import copied_checkout
from tests.support.kills import Killer
from watchbill.cloud.postgres.shared_server import desk_server
from watchbill.desk.companies import KEPT

QUAKES = Path(__file__).resolve().parents[1] / "quakes"
COMMANDS = (("day", "--calm"), ("up",))

pytestmark = pytest.mark.slow


def test_after_any_kill_the_next_day_is_well_and_nothing_is_left(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    kills, seed = pytestconfig.getoption("kills"), pytestconfig.getoption("kill_seed")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with copied_checkout(tmp_path, is_apart=True, VERTICAL="quakes", TMPDIR=str(scratch)) as checkout:
        checkout.add_files(QUAKES)
        chance = random.Random(seed)
        killer = Killer(checkout, scratch, chance)

        for number in range(kills):
            killer.kill(*COMMANDS[number % len(COMMANDS)])
        assert checkout.run("up", "--for", "0").returncode == 0
        report = checkout.json("day", "--calm", "--hours", "1")

        print("\n".join(killer.log))
        assert (report["failed_fires"], report["notes"]) == (0, [])
        assert set(report["slots"]) <= {"succeeded", "skipped"}
        assert becomes_true(lambda: killer.processes() == []), killer.processes()
        assert killer.leftovers() == []
        assert killer.dead_companies() == []
        with desk_server(checkout.home) as server:
            companies = {name.removeprefix("watchbill_desk_") for name in databases(server)}
            assert 1 <= len(companies) <= 1 + KEPT
            assert {login.split("_")[1] for login in logins(server)} == companies
