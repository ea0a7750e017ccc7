"""What the shell says to the owner's commands, read once, here and nowhere else; then the shell is sealed off."""

import os
import shutil
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from watchbill.cloud.seal import seal
from watchbill.desk.model_access import ModelAccess
from watchbill.home import HOME, default_vertical, find_products

WIDTH = 112


@dataclass(frozen=True)
class ShellSettings:
    """Where the desk keeps its things, which product it runs, whose Postgres and whose cloud it uses."""

    home: Path
    vertical: str
    desk_postgres: str | None
    endpoint_url: str | None
    notes: tuple[str, ...]
    model: ModelAccess | None = None
    """Kept aside from the sealed shell; only --think asks for it."""


@cache
def read_shell() -> ShellSettings:
    """Reads the environment and seals it. Later calls give what the first one saw."""
    model = ModelAccess.from_environment(os.environ)
    sealed = seal()
    find_products()
    return ShellSettings(
        home=HOME,
        vertical=os.environ.get("VERTICAL") or default_vertical(),
        desk_postgres=os.environ.get("DESK_POSTGRES") or None,
        endpoint_url=sealed.endpoint_url,
        notes=sealed.notes,
        model=model,
    )


def width() -> int:
    """Of the terminal; 112 where there is none to ask."""
    return shutil.get_terminal_size((WIDTH, 24)).columns if sys.stdout.isatty() else WIDTH


def program() -> str:
    """How this shell calls us: by name where the name is found, else by its place in the checkout."""
    return "watchbill" if shutil.which("watchbill") else ".venv/bin/watchbill"
