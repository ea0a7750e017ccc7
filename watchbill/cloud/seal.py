"""Removes the owner's keys, profiles, proxies and live databases from the process environment.

An allow-list: every variable that is not named here is removed, so that a variable that was forgotten cannot lead
outside. Only loopback can be reached.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass

from watchbill.cloud.account import REGION
from watchbill.cloud.aws import is_loopback

# What programs need to run and to print; nothing here names another machine.
_NAMES = """
PATH HOME USER LOGNAME SHELL PWD TMPDIR TEMP TMP LANG LANGUAGE TZ TZDIR SYSTEMROOT
TERM COLORTERM COLUMNS LINES NO_COLOR FORCE_COLOR CLICOLOR TTY_COMPATIBLE TTY_INTERACTIVE PAGER
CI MAKEFLAGS MAKELEVEL MFLAGS VIRTUAL_ENV LD_LIBRARY_PATH DYLD_LIBRARY_PATH
PYTHONPATH PYTHONHASHSEED PYTHONUNBUFFERED PYTHONDONTWRITEBYTECODE PYTHONWARNINGS PYTHONUTF8
PYTEST_CURRENT_TEST PYTEST_ADDOPTS PYTEST_VERSION
"""
_HARMLESS = frozenset(_NAMES.split())
_HARMLESS_PREFIXES = ("LC_", "COV_", "COVERAGE_")
_OURS = frozenset({"DESK_POSTGRES", "VERTICAL"})
_NO_FILE = os.path.join(os.devnull, "none")  # libpq warns about a password file that is a device
_NOWHERE = {
    "AWS_ACCESS_KEY_ID": "desk",
    "AWS_SECRET_ACCESS_KEY": "desk",
    "AWS_SESSION_TOKEN": "desk",
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "PGPASSFILE": _NO_FILE,
    "PGSERVICEFILE": _NO_FILE,
    "NETRC": _NO_FILE,
    "COMPANY_MODEL": "book",
    "NO_PROXY": "*",  # on a Mac the system's proxy settings would apply otherwise
}


@dataclass(frozen=True)
class SealResult:
    """The result of sealing: the emulator to use, if any, and notes for the owner."""

    endpoint_url: str | None
    notes: tuple[str, ...]


def seal(environ: MutableMapping[str, str] | None = None) -> SealResult:
    """Seals this process's environment (or the one given) in place; processes started later inherit it."""
    target = os.environ if environ is None else environ
    sealed, result = sealed_environment(target)
    for name in set(target) - set(sealed):
        del target[name]
    target.update(sealed)
    return result


def sealed_environment(environ: Mapping[str, str]) -> tuple[dict[str, str], SealResult]:
    """An environment that leads only to loopback, and notes for the owner."""
    kept = {name: value for name, value in environ.items() if _is_kept(name)} | _NOWHERE
    endpoint_url, notes = _emulator(environ.get("AWS_ENDPOINT_URL", "").strip())
    if endpoint_url is not None:
        kept["AWS_ENDPOINT_URL"] = endpoint_url
    return kept, SealResult(endpoint_url, notes)


def _is_kept(name: str) -> bool:
    return name in _HARMLESS or name in _OURS or name.startswith(_HARMLESS_PREFIXES)


def _emulator(url: str) -> tuple[str | None, tuple[str, ...]]:
    if not url:
        return None, ()
    if is_loopback(url):
        return url, (f"AWS_ENDPOINT_URL: using the emulator at {url}; none is started.",)
    return None, (
        f"AWS_ENDPOINT_URL is ignored: {url} is not an http address on this machine, and the desk uses no other.",
    )
