"""Kills a command of a copied checkout at a seeded random moment, and says what is left of it on this machine."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.checkouts import Checkout
from watchbill.cli.signals import ENDING
from watchbill.cloud.postgres.postgres_home import find_home
from watchbill.home import companies_folder, snapshot_folder

STEPS = {
    "day": ("starting Postgres", "copying", "creating the cloud", "migrating", ""),
    "up": ("the company is up",),
}
"""What a command prints on its way; after one of them comes the kill. The empty one means its start."""

LONGEST_STEP_SECONDS = 120.0


def as_from_a_terminal() -> None:
    """For a child before it becomes a command: what started the tests may ignore signals (`&` of a script, nohup)."""
    for number in ENDING:
        signal.signal(number, signal.SIG_DFL)


@dataclass
class Killer:
    """Kills commands of one checkout. log says what was done, for the message of a test that fails."""

    checkout: Checkout
    scratch: Path
    chance: random.Random
    log: list[str] = field(default_factory=list)

    def kill(self, *command: str) -> None:
        """Starts a command, and kills it, all its processes, or its Postgres under it, at a random moment."""
        how = self.chance.choice(("command", "group", "postgres first"))
        step, later = self.chance.choice(STEPS[command[0]]), self.chance.uniform(0, 3 if command[0] == "day" else 12)
        self.log.append(f"{' '.join(command)}: {how}, {later:.2f} s after {step or 'its start'!r}")
        with self.started(*command) as process:
            wait_for(process, step)
            time.sleep(later)  # a random moment is what this is about
            if how == "postgres first":
                self._kill_postgres()
                time.sleep(self.chance.uniform(0, 2))
            if how == "group":
                os.killpg(process.pid, signal.SIGKILL)
            process.kill()

    def processes(self) -> list[str]:
        """The command lines of every process of this checkout that still runs."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                cwd, line = str((entry / "cwd").readlink()), (entry / "cmdline").read_bytes().decode(errors="replace")
                if cwd.startswith((str(self.checkout.root), str(find_home(self.checkout.home).base))):
                    found.append(line.replace("\0", " "))
        return found

    def leftovers(self) -> list[str]:
        """Scratch folders and drafts that no command should have left."""
        drafts = [*self.checkout.home.rglob("draft-*"), *self.checkout.home.rglob("*.tmp")]
        return sorted(str(path) for path in [*self.scratch.iterdir(), *drafts])

    def dead_companies(self) -> list[str]:
        """Companies that did not end well, of which the next start should have left nothing."""
        companies = companies_folder(self.checkout.home).iterdir()
        return sorted(
            folder.name for folder in companies if not snapshot_folder(self.checkout.home, folder.name).is_dir()
        )

    @contextlib.contextmanager
    def started(self, *command: str) -> Iterator["subprocess.Popen[str]"]:
        """Runs a command in a session of its own; killed at the end, if it still runs."""
        paths = os.pathsep.join(map(str, [self.checkout.root, *sorted(self.checkout.root.glob("layers/*/python"))]))
        environment = {**os.environ, **self.checkout.environment, "PYTHONPATH": paths, "PYTHONUNBUFFERED": "1"}
        with subprocess.Popen(
            [sys.executable, "-m", "watchbill", *command],
            cwd=self.checkout.root,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=as_from_a_terminal,  # noqa: PLW1509  it takes no lock
        ) as process:
            try:
                yield process
            finally:
                process.kill()  # also when a test fails

    def _kill_postgres(self) -> None:
        with contextlib.suppress(OSError, ValueError, IndexError):  # it is not up at this moment
            pid = int((find_home(self.checkout.home).data / "postmaster.pid").read_text().split()[0])
            os.kill(pid, signal.SIGKILL)


def wait_for(process: "subprocess.Popen[str]", step: str) -> None:
    """Returns after the command has printed a line that begins so; AssertionError where it ended or took too long."""
    assert process.stderr is not None
    too_long = threading.Timer(LONGEST_STEP_SECONDS, process.kill)
    too_long.start()
    try:
        assert not step or any(line.startswith(step) for line in process.stderr), f"it never printed {step!r}"
    finally:
        too_long.cancel()
