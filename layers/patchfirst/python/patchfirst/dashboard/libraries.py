"""The JavaScript of others that a dashboard carries: DataTables out of itables, Chart.js out of django-unfold.

Only these files of the two packages are read; no code of theirs runs here. They are put inline as they were
published, except for what would end or change a script element, or be taken out by the cleaner of what leaves.
"""

import re
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

DATATABLES = ("itables", "itables/html/dt_bundle.js")
CHART = ("django-unfold", "unfold/static/unfold/js/chart/chart.js")
EXPORTS = re.compile(r"export\s*\{([^}]*)\}\s*;?")
IN_A_SCRIPT = re.compile(r"<(?=!--|/?script)", re.IGNORECASE)
"""What begins another state of HTML's reading inside a script element."""
NOT_PLAIN = re.compile(r"[^\x20-\x7e\n]")
"""Control characters, which the cleaner takes out, and signs beyond ASCII, in which it would look at each letter."""


@cache
def libraries() -> str:
    """Both as one classic script, which defines DataTable and Chart. LookupError when a package has changed."""
    return inline(f"{_datatables()}\n{_read(*CHART)}")


def inline(script: str) -> str:
    """The script as a script element may hold it; the same program, since all that changes stands in literals."""
    return IN_A_SCRIPT.sub(r"\\x3C", NOT_PLAIN.sub(lambda found: f"\\u{ord(found[0]):04x}", script))


def _datatables() -> str:
    """itables publishes a module; what it exports as default is DataTables."""
    bundle = _read(*DATATABLES)
    found = EXPORTS.search(bundle)
    exported = dict(tuple(reversed(one.split(" as "))) for one in found[1].split(",")) if found else {}
    if "default" not in exported:
        raise LookupError("itables exports DataTables no longer as it did; see patchfirst.dashboard.libraries")
    kept = f"globalThis.DataTable={exported['default']};"
    return "(()=>{" + EXPORTS.sub(kept, bundle, count=1) + "\n})();"


def _read(package: str, path: str) -> str:
    return Path(str(distribution(package).locate_file(path))).read_text(encoding="utf-8")
