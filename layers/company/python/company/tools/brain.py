"""Tools on the pages of the brain: what the company knows for longer than a session lasts."""

from company.errors import ToolError
from company.fire.fire import Fire
from company.fire.messages import EarlierNote
from company.tools import by_need, reading_tool, tool


@by_need
@reading_tool
def read_page(fire: Fire, key: str) -> str:
    """Reads a page by its key: PROJECT_STATUS, PRODUCT, SKILL_<ROLE>, MEMORY_<ROLE>.

    Example: read_page(key="PRODUCT").
    """
    row = fire.brain.one("read_brain_pages", keys=[key])
    if row is None:
        raise ToolError(f"there is no page {key}")
    return str(row["content"])


@tool
def write_page(fire: Fire, key: str, content: str) -> dict[str, str]:
    """Writes a whole page; earlier versions are kept. Each page has one writer, and the brain refuses all others.

    Example: write_page(key="PROJECT_STATUS", content="...").
    """
    fire.brain.run("write_brain", key=key, content=content)
    return {"key": key}


@by_need
@reading_tool
def earlier_notes(fire: Fire) -> list[EarlierNote]:
    """Lists the notes of your crashed sessions, oldest first. Continue from there.

    Example: earlier_notes() gives [{"at": "...", "kind": "rows_closed", "body": "3 discarded: ...", "facts": {...},
    "task_id": 12, "session_id": 40}].
    """
    return list(fire.earlier)
