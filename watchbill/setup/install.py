"""Makes the environment and installs what is missing: at the first run, and after a lock has changed."""

import importlib.util
import os
import platform
import shutil
import sys
import time
from pathlib import Path

from watchbill.setup.divided_lock import divided
from watchbill.setup.environment import run_quietly
from watchbill.setup.errors import SetupError
from watchbill.setup.pip import run_pips
from watchbill.setup.progress import show_progress
from watchbill.setup.stamp import parts_missing, read_stamp, remove_stamp, write_stamp
from watchbill.setup.wanted import CHECKOUT, Wanted

OWN = ("watchbill", "layers")
BRING = "Install python3-venv and python3-pip (apt), or a Python from python.org, then run the same command again."


def set_up(wanted: Wanted, lock: int) -> None:
    """Builds a new environment, or updates a complete one; the stamp is written when everything is installed."""
    started = time.monotonic()
    before, missing = read_stamp(wanted.venv), parts_missing(wanted)
    announce(wanted, before, missing)
    if before:
        remove_stamp(wanted.venv)
    else:
        make_venv(wanted.venv)
    for part in missing:
        install(wanted, part, lock)
    compile_first(wanted)
    write_stamp(wanted.venv, {**before, **wanted.digests()})
    print(f"Set up in {time.monotonic() - started:.0f} s; the next run skips this step.", flush=True)


def announce(wanted: Wanted, before: dict[str, str], missing: list[str]) -> None:
    packages = sum(wanted.packages(part) for part in missing if part != CHECKOUT)
    if before:
        print(f"Bringing {wanted.folder} up to date: {', '.join(missing)} ({packages} packages).", flush=True)
        return
    why = "again: it was incomplete, moved, or made by another Python" if wanted.venv.exists() else "for the first time"
    print(f"Setting up {wanted.folder} {why}.", flush=True)
    size = f"about {wanted.megabytes} MB to download unless cached"
    print(f"  Python {platform.python_version()}, {packages} packages, {size}", flush=True)


def make_venv(venv: Path) -> None:
    """Makes an empty environment, without pip: Debian packages ensurepip separately, and build.lock has a pip."""
    if venv.is_symlink():
        venv.unlink()
    elif venv.exists():
        shutil.rmtree(venv)
    made = run_quietly([sys.executable, "-m", "venv", "--without-pip", str(venv)])
    if made.returncode != 0:
        raise SetupError(f"this Python cannot make a virtual environment ({last_line(made.stdout)}). {BRING}")


def install(wanted: Wanted, part: str, lock: int) -> None:
    """Installs one part: a lock, with every file's hash checked, or the checkout itself (no network)."""
    python = str(wanted.venv / "bin" / "python")
    pip = first_pip(python) if part == "build" else [python, "-m", "pip"]
    command = [*pip, "install", "--no-deps", "--no-build-isolation", "--no-compile", "--progress-bar", "off"]
    if part == CHECKOUT:
        commands = [[*command, "--no-index", "--editable", str(wanted.root)]]
    else:
        lists = divided(wanted.lock_file(part), wanted.venv, into=os.cpu_count() or 1)
        commands = [[*command, "--require-hashes", "--requirement", str(file)] for file in lists]
    run_pips(wanted, part, commands, lock)


def first_pip(python: str) -> list[str]:
    """The first pip: this Python's own, or the one that ensurepip installs."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "--python", python]
    if importlib.util.find_spec("ensurepip") and run_quietly([python, "-m", "ensurepip"]).returncode == 0:
        return [python, "-m", "pip"]
    raise SetupError(f"{sys.executable} has no pip. {BRING}")


def compile_first(wanted: Wanted) -> None:
    """Byte-compiles what is imported at each run, so that each process starts faster."""
    started = time.monotonic()
    show_progress("  compiling")
    command = [str(wanted.venv / "bin" / "python"), "-m", "compileall", "-q"]
    if wanted.compiled:
        command += ["-x", rf"site-packages/(?!({'|'.join(wanted.compiled)})(/|\.py$))"]
    run_quietly([*command, str(wanted.venv / "lib"), *map(str, (wanted.root / name for name in OWN))])
    show_progress(f"  compiled in {time.monotonic() - started:.0f} s", last=True)


def last_line(output: str) -> str:
    return (output.strip().splitlines() or ["no reason given"])[-1]
