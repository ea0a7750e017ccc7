"""The style and the scripts of the console, served from its own address under a name that changes with them."""

import hashlib
from functools import cache
from pathlib import Path

from aws_lambda_powertools.event_handler import Response

from company.pages.libraries import chart, datatables

HERE = Path(__file__).parent / "assets"
TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
YEAR = "public, max-age=31536000, immutable"


def address(name: str) -> str:
    """Where a page loads it from; a browser keeps it until it has another address."""
    return f"/assets/{_digest(name)}/{name}"


def serve(digest: str, name: str) -> Response[str] | None:
    """One of them; None where there is none of that name. An old address gives the new text, and is not kept."""
    if name not in NAMES:
        return None
    kept = YEAR if digest == _digest(name) else "no-store"
    return Response(200, TYPES[name.rpartition(".")[2]], _text(name), {"cache-control": kept})


@cache
def _text(name: str) -> str:
    return {"datatables.js": datatables, "chart.js": chart}.get(name, lambda: _own(name))()


def _own(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


@cache
def _digest(name: str) -> str:
    return hashlib.sha256(_text(name).encode()).hexdigest()[:16]


NAMES = frozenset({"datatables.js", "chart.js", *(path.name for path in HERE.iterdir())})
