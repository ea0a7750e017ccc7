"""The product's generated sample feeds: made once for each day, and again when their generator has changed."""

import hashlib
import inspect
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

from company.vertical import Vertical
from watchbill.errors import DeskError
from watchbill.home import sample_folder

MARK = "complete"


def sample_of(home: Path, vertical: Vertical, day: date, *, days: int, report: Callable[[str], None]) -> Path:
    """The folder of the sample that begins with this day; DeskError when the product ships none."""
    if vertical.sample is None:
        raise DeskError(f"{vertical.name} ships no sample: give recorded files with --feeds DIR.")
    folder = sample_folder(home, vertical.name, day.isoformat(), days)
    mark, digest = folder / MARK, _digest(Path(inspect.getfile(vertical.sample)).parent)
    if not mark.exists() or mark.read_text(encoding="utf-8") != digest:
        report("generating the sample feeds")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        vertical.sample(folder, day, days)
        mark.write_text(digest, encoding="utf-8")
    return folder


def _digest(package: Path) -> str:
    """A hash of the product's code, so that an upgrade with a new feed makes a new sample."""
    content = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        content.update(path.read_bytes())
    return content.hexdigest()
