"""The stamp of an environment: what is completely installed in it. It is written last."""

import json
import os
import platform
import sys
from pathlib import Path

from watchbill.setup.wanted import Wanted

STAMP = "watchbill-stamp.json"


def parts_missing(wanted: Wanted) -> list[str]:
    """The parts that the stamp does not list, in the order of installation."""
    installed = read_stamp(wanted.venv)
    return [part for part, digest in wanted.digests().items() if installed.get(part) != digest]


def read_stamp(venv: Path) -> dict[str, str]:
    """The hash of each part installed here; none when the folder is incomplete, moved, or made by another Python."""
    try:
        stamp = json.loads((venv / STAMP).read_text(encoding="utf-8"))
        in_place = (venv / "bin" / "python").exists() and stamp["home"] == home_of(venv)
        return dict(stamp["parts"]) if in_place else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def write_stamp(venv: Path, parts: dict[str, str]) -> None:
    """Writes the stamp in one step, so that a kill leaves no half-written one."""
    draft = venv / f"{STAMP}.draft"
    draft.write_text(json.dumps({"home": home_of(venv), "parts": parts}, indent=1), encoding="utf-8")
    os.replace(draft, venv / STAMP)


def remove_stamp(venv: Path) -> None:
    (venv / STAMP).unlink(missing_ok=True)


def home_of(venv: Path) -> dict[str, str]:
    """Where an environment belongs: it holds absolute paths, so a moved checkout needs a new one."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return {"path": str(venv.resolve()), "python": version, "machine": platform.machine()}
