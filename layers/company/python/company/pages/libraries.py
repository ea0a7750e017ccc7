"""The JavaScript of others that pages carry: DataTables out of itables, Chart.js out of django-unfold.

Only these files of the two packages are read; no code of theirs runs here.
"""

import re
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

DATATABLES = ("itables", "itables/html/dt_bundle.js")
CHART = ("django-unfold", "unfold/static/unfold/js/chart/chart.js")
EXPORTS = re.compile(r"export\s*\{([^}]*)\}\s*;?")


@cache
def datatables() -> str:
    """A classic script that defines DataTable. itables publishes a module; what it exports as default is DataTables.

    LookupError when the package has changed.
    """
    bundle = _read(*DATATABLES)
    found = EXPORTS.search(bundle)
    exported = dict(tuple(reversed(one.split(" as "))) for one in found[1].split(",")) if found else {}
    if "default" not in exported:
        raise LookupError("itables exports DataTables no longer as it did; see company.pages.libraries")
    kept = f"globalThis.DataTable={exported['default']};"
    return "(()=>{" + EXPORTS.sub(kept, bundle, count=1) + "\n})();"


@cache
def chart() -> str:
    """A classic script that defines Chart."""
    return _read(*CHART)


def _read(package: str, path: str) -> str:
    return Path(str(distribution(package).locate_file(path))).read_text(encoding="utf-8")
