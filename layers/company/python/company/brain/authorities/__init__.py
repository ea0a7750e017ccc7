"""The authorities by whose word a server of the brain is believed: RDS's own roots, and the public ones (certifi)."""

import atexit
import os
import tempfile
from functools import cache
from pathlib import Path

import certifi

OWN = Path(__file__).resolve().parent
"""Every .pem in here is believed: rds.pem, and the roots of a private authority that an owner puts beside it."""


@cache
def bundle() -> Path:
    """All of them in one file, which is all that libpq takes; of this process alone, and gone with it."""
    parts = [certifi.contents(), *(path.read_text(encoding="utf-8") for path in sorted(OWN.glob("*.pem")))]
    handle, name = tempfile.mkstemp(prefix="watchbill-authorities-", suffix=".pem")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("\n".join(parts))
    path = Path(name)
    atexit.register(path.unlink, missing_ok=True)
    return path
