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
from watchbill.scratch import new_scratch

MARK = "complete"


def sample_of(home: Path, vertical: Vertical, day: date, *, days: int, report: Callable[[str], None]) -> Path:
    """The folder of the sample that begins with this day; DeskError when the product ships none."""
    if vertical.sample is None:
        raise DeskError(f"{vertical.name} ships no sample: give recorded files with --feeds PLACE.")
    folder = sample_folder(home, vertical.name, day.isoformat(), days)
    mark, digest = folder / MARK, _digest(Path(inspect.getfile(vertical.sample)).parent)
    if not mark.exists() or mark.read_text(encoding="utf-8") != digest:
        report("generating the sample feeds")
        folder.parent.mkdir(parents=True, exist_ok=True)
        with new_scratch(folder.parent, "draft-") as draft:
            vertical.sample(draft, day, days)
            (draft / MARK).write_text(digest, encoding="utf-8")
            _put(draft, folder)
    return folder


def _put(draft: Path, folder: Path) -> None:
    """Gives the draft its real name, in the place of an older sample; of two commands at once the first one stays."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        draft.rename(folder)
    except OSError:
        if not (folder / MARK).exists():
            raise


def _digest(package: Path) -> str:
    """A hash of the product's code, so that an upgrade with a new feed makes a new sample."""
    content = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        content.update(path.read_bytes())
    return content.hexdigest()
