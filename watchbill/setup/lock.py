"""`make lock`: writes every lock from pyproject.toml again, so that all of them agree.

Pins stay unless pyproject.toml requires others; `make lock ARGS=--upgrade` moves them to the newest.
"""

import subprocess
import sys
from collections.abc import Sequence

from watchbill.setup.wanted import ROOT

HEADER = "# Written by `make lock` from pyproject.toml; change that file instead.\n"
NAMES = ("build", "desk", "gate", "sam", "emulator")
BUILD, DESK, GATE, SAM, EMULATOR = (f"requirements/{name}.lock" for name in NAMES)
LAYER = "layers/deps/requirements.txt"

# Wheels only, so that no compiler is needed; localstack-client is published as source alone (pure Python).
COMMON = ["--no-header", "--annotation-style", "line", "--generate-hashes", "--only-binary", ":all:"]
HERE = ["--universal", "--python-version", "3.11", "--no-binary", "localstack-client"]
ON_313 = ["--universal", "--python-version", "3.13"]
LAMBDA = ["--python-version", "3.13", "--python-platform", "x86_64-manylinux_2_28"]
# Each lock with its sources. `--constraint` makes the locks agree, so the order matters.
LOCKS = {
    BUILD: [*HERE, "--group", "pyproject.toml:build"],
    DESK: [*HERE, "pyproject.toml", "--group", "pyproject.toml:test", "--constraint", BUILD],
    GATE: [*HERE, "--group", "pyproject.toml:gate", "--constraint", DESK],
    SAM: [*HERE, "--group", "pyproject.toml:sam"],
    EMULATOR: [*ON_313, "--group", "pyproject.toml:emulator"],
    LAYER: [*LAMBDA, "--group", "pyproject.toml:layer", "--constraint", DESK],
}


def main(arguments: Sequence[str]) -> int:
    """Writes them in order; stops at the first without a solution (uv says why)."""
    for lock, source in LOCKS.items():
        print(f"locking {lock}", flush=True)
        command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", *COMMON, *source, *arguments]
        if code := subprocess.run([*command, "--output-file", lock], cwd=ROOT, check=False).returncode:
            return code
        path = ROOT / lock
        path.write_text(HEADER + path.read_text(encoding="utf-8"), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
