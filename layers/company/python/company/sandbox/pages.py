"""An employee's page as a file that a change may touch: its front matter as deployed, its text as it is in force."""

import re
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from company.errors import ToolError
from company.fire.fire import Fire
from company.text.files import read_utf8

FILE = re.compile(r"([a-z][a-z0-9_]*)/SKILL\.md")
LINE = "---\n"


def page_of(files: Sequence[str]) -> str | None:
    """The role of a change that touches one employee's page and nothing else."""
    found = FILE.fullmatch(files[0]) if len(files) == 1 else None
    return found[1] if found else None


def page_file(role: str) -> str:
    """The path of an employee's page, as a change names it."""
    return f"{role}/SKILL.md"


def functions_root(fire: Fire) -> Path:
    """The folder of all roles' folders; a change's paths of pages begin there."""
    return Path(next(iter(import_module(fire.record.role).__path__))).parent


def page_in_force(fire: Fire, role: str) -> str:
    """The file with the text that the employee reads at its boot; ToolError where there is no such employee."""
    path = functions_root(fire) / page_file(role)
    if not path.is_file():
        raise ToolError(f"{role} is no employee, so it has no page")
    text = read_utf8(path)
    front, body = split_page(text)
    kept = fire.brain.one("read_brain_pages", keys=[f"SKILL_{role.upper()}"])
    if kept is None or kept["content"] == body.strip():
        return text
    return f"{front}{kept['content']}\n"


def split_page(text: str) -> tuple[str, str]:
    """The front matter with both its lines of ---, and the text after it."""
    parts = text.split(LINE, 2)
    if len(parts) != 3 or parts[0]:
        raise ToolError("a page opens with front matter between two lines of ---")
    return f"{LINE}{parts[1]}{LINE}", parts[2]
