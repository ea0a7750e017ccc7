"""For set-up: what an environment is known to hold, told by a stamp that is written last."""

import json
import os
import platform
import sys
from pathlib import Path

from watchbill.setup.wanted import Wanted

STAMP = "watchbill-stamp.json"


def parts_missing(wanted: Wanted) -> list[str]:
    """The parts that no stamp vouches for, in the order they are installed."""
    installed = read_stamp(wanted.venv)
    return [part for part, digest in wanted.digests().items() if installed.get(part) != digest]


def read_stamp(venv: Path) -> dict[str, str]:
    """The hash of each part installed here; none when the folder is half made, moved, or of another Python."""
    try:
        stamp = json.loads((venv / STAMP).read_text(encoding="utf-8"))
        in_place = (venv / "bin" / "python").exists() and stamp["home"] == home_of(venv)
        return dict(stamp["parts"]) if in_place else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def write_stamp(venv: Path, parts: dict[str, str]) -> None:
    """Vouch for these parts; all or nothing, so that a kill leaves no half-written stamp."""
    draft = venv / f"{STAMP}.draft"
    draft.write_text(json.dumps({"home": home_of(venv), "parts": parts}, indent=1), encoding="utf-8")
    os.replace(draft, venv / STAMP)


def tear_off(venv: Path) -> None:
    (venv / STAMP).unlink(missing_ok=True)


def home_of(venv: Path) -> dict[str, str]:
    """What ties an environment to its place: it holds absolute paths, so a moved checkout needs another."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return {"path": str(venv.resolve()), "python": version, "machine": platform.machine()}
