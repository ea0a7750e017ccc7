"""The JavaScript of others, as a dashboard carries it: inline, in one script element.

The scripts are put in as they were published, except for what would end or change a script element, or be taken out by
the cleaner of what leaves.
"""

import re
from functools import cache

from company.pages.libraries import chart, datatables

IN_A_SCRIPT = re.compile(r"<(?=!--|/?script)", re.IGNORECASE)
"""What begins another state of HTML's reading inside a script element."""
NOT_PLAIN = re.compile(r"[^\x20-\x7e\n]")
"""Control characters, which the cleaner takes out, and signs beyond ASCII, in which it would look at each letter."""


@cache
def libraries() -> str:
    """Both as one classic script, which defines DataTable and Chart. LookupError when a package has changed."""
    return inline(f"{datatables()}\n{chart()}")


def inline(script: str) -> str:
    """The script as a script element may hold it; the same program, since all that changes stands in literals."""
    return IN_A_SCRIPT.sub(r"\\x3C", NOT_PLAIN.sub(lambda found: f"\\u{ord(found[0]):04x}", script))
