"""The environment of the programs that set-up starts: without variables that change what they install."""

import os
import subprocess

# The owner chooses where packages come from (a mirror, a proxy, a certificate); those settings reach pip. Any other
# setting for pip (a target, a prefix, a constraint) would change what is installed.
SOURCE_SETTINGS = frozenset(
    f"PIP_{name}"
    for name in [
        *("INDEX_URL", "EXTRA_INDEX_URL", "FIND_LINKS", "NO_INDEX", "TRUSTED_HOST", "CERT", "CLIENT_CERT"),
        *("PROXY", "TIMEOUT", "DEFAULT_TIMEOUT", "RETRIES", "KEYRING_PROVIDER", "CONFIG_FILE"),
        *("CACHE_DIR", "NO_CACHE_DIR"),
    ]
)
PYTHON_LEFTOVERS = frozenset(
    ["PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONWARNINGS", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"]
)
OURS = {
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_NO_INPUT": "1",
    "PIP_REQUIRE_VIRTUALENV": "0",
    "PIP_ROOT_USER_ACTION": "ignore",
    "PIP_USER": "0",
    "PYTHONUNBUFFERED": "1",  # progress is read from pip's output as it comes
}


def child_environment() -> dict[str, str]:
    """The owner's environment without variables that change an installation."""
    kept = {name: value for name, value in os.environ.items() if passes(name)}
    return {**kept, **OURS}


def passes(name: str) -> bool:
    return name not in PYTHON_LEFTOVERS and (not name.startswith("PIP_") or name in SOURCE_SETTINGS)


def run_quietly(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Runs a command without input; its output is in the result."""
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=child_environment(),
        encoding="utf-8",
        errors="replace",
        check=False,
    )
