"""The product's generated sample feeds, made once for each day and made again when their generator changed."""

import hashlib
import inspect
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from company.vertical import Vertical
from watchbill.cloud.errors import DeskError
from watchbill.home import sample_folder

if TYPE_CHECKING:
    from watchbill.day import DayOptions

MARK = "complete"


def sample_of(options: "DayOptions", vertical: Vertical, say: Callable[[str], None]) -> Path:
    """The folder of the sample for this day; DeskError when the product ships none."""
    if vertical.sample is None:
        raise DeskError(f"{vertical.name} ships no sample: give recorded files with --feeds DIR.")
    folder = sample_folder(options.home, vertical.name, options.date.isoformat(), options.days)
    mark, digest = folder / MARK, _digest(Path(inspect.getfile(vertical.sample)).parent)
    if not mark.exists() or mark.read_text(encoding="utf-8") != digest:
        say("sample feeds")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        vertical.sample(folder, options.date, options.days)
        mark.write_text(digest, encoding="utf-8")
    return folder


def _digest(package: Path) -> str:
    """Of the product's own code: an upgrade that brings a new feed must not meet the old sample."""
    content = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        content.update(path.read_bytes())
    return content.hexdigest()
