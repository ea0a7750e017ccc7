"""Where a machine cannot talk to itself, a command says so in one line and starts nothing."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from watchbill.cloud import loopback
from watchbill.errors import DeskError
from watchbill.home import CHECKOUT

ALONE = ("unshare", "-rn")
"""A network namespace of its own, in which loopback exists and is off."""


@pytest.mark.parametrize("command", ["day", "up --for 0"])
def test_without_loopback_a_command_says_what_is_missing(tmp_path: Path, command: str) -> None:
    if shutil.which(ALONE[0]) is None or subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this kernel lets this user make no network namespace")
    start = f"import sys; from watchbill.cli import shell_settings, main; from pathlib import Path; \
shell_settings.HOME = Path({str(tmp_path)!r}); sys.argv[1:] = {command.split()!r}; main()"

    done = subprocess.run(
        [*ALONE, sys.executable, "-c", start],
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 1
    said = done.stderr.splitlines()[-1]
    assert said.startswith("watchbill: 127.0.0.1 does not work on this machine (")
    assert "ip link set lo up" in said
    assert "Traceback" not in done.stderr


def test_a_machine_that_does_not_know_localhost_says_what_to_add(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object) -> None:
        raise socket.gaierror("Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    monkeypatch.setattr(socket, "create_connection", lambda *_: socket.socket())

    with pytest.raises(DeskError, match="127.0.0.1 localhost"):
        loopback.require_loopback()
