"""A command that is asked to end closes what it opened first: its functions, its Postgres, its temporary folders."""

import os
import pty
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cloud.lambdas import becomes_true
from tests.support.checkouts import copied_checkout
from tests.support.kills import Killer, as_from_a_terminal, wait_for
from watchbill.cloud.postgres.postgres_home import find_home

pytestmark = pytest.mark.slow
QUAKES = Path(__file__).resolve().parents[1] / "quakes"
LAST_STEP = "migrating"


@pytest.fixture(scope="module")
def killer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killer]:
    """Commands of one checkout with a temporary folder of its own."""
    folder = tmp_path_factory.mktemp("ending")
    (folder / "scratch").mkdir()
    with copied_checkout(folder, is_apart=True, VERTICAL="quakes", TMPDIR=str(folder / "scratch")) as checkout:
        checkout.add_files(QUAKES)
        yield Killer(checkout, folder / "scratch", random.Random(1))


def assert_nothing_is_left(killer: Killer) -> None:
    assert becomes_true(lambda: killer.processes() == []), killer.processes()
    assert killer.leftovers() == []
    assert not (find_home(killer.checkout.home).data / "postmaster.pid").exists()


@pytest.mark.parametrize(
    ("number", "step"),  # a closed terminal sends SIGHUP, below
    [(signal.SIGINT, LAST_STEP), (signal.SIGTERM, "creating the cloud")],
)
def test_a_signal_ends_a_day_in_order(killer: Killer, number: signal.Signals, step: str) -> None:
    with killer.started("day", "--calm") as process:
        wait_for(process, step)
        process.send_signal(number)
        process.send_signal(number)  # an impatient owner does not break the cleaning
        _, said = process.communicate(timeout=60)

    assert process.returncode == 128 + number
    assert said.splitlines()[-1:] == ["watchbill: stopped"]
    assert_nothing_is_left(killer)


def test_a_closed_terminal_ends_a_day_in_order(killer: Killer) -> None:
    checkout = killer.checkout
    paths = os.pathsep.join(map(str, [checkout.root, *sorted(checkout.root.glob("layers/*/python"))]))
    command = f"cd '{checkout.root}' && PYTHONPATH='{paths}' exec {sys.executable} -m watchbill day --calm"
    pid, terminal = pty.fork()
    if pid == 0:
        as_from_a_terminal()
        os.execve("/bin/sh", ["sh", "-c", command], {**os.environ, **checkout.environment, "TERM": "xterm"})
    seen = b""
    while LAST_STEP.encode() not in seen:
        seen += os.read(terminal, 4096)

    os.close(terminal)

    os.waitpid(pid, 0)
    assert_nothing_is_left(killer)


def test_a_command_that_was_told_to_outlive_its_terminal_does(killer: Killer) -> None:
    """As nohup starts it: SIGHUP is ignored."""
    code = (
        "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "from watchbill.cli.signals import end_on_signals; end_on_signals()\n"
        "signal.raise_signal(signal.SIGHUP); print('still here')"
    )

    assert killer.checkout.python("-c", code).stdout == "still here\n"


def test_a_full_disk_is_one_clear_line(killer: Killer) -> None:
    home = killer.checkout.home
    home.mkdir(exist_ok=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", home], capture_output=True, check=False)
    if mounted.returncode != 0:
        pytest.skip("a full disk is made by mounting one, which this user may not")
    try:
        done = killer.checkout.run("day", "--calm")
        left = killer.leftovers()
    finally:
        subprocess.run(["umount", home], check=True)

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("watchbill: There is no room left on ")
    assert "Traceback" not in done.stderr
    assert left == []
    assert_nothing_is_left(killer)
