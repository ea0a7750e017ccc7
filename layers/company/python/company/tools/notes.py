"""The tool that keeps a discovery for later sessions."""

from company.fire.fire import Fire
from company.tools import tool


@tool
def keep_note(fire: Fire, body: str, task_id: int | None = None) -> dict[str, str]:
    """Keeps a discovery at once, so that a later session need not make it again. Other tools keep what they do.

    task_id: the task that it belongs to; the next session that claims it reads the note.
    Example: keep_note(body="3 of 5 rows looked at, up to row 17; row 12 reads as an id", task_id=12).
    """
    fire.learn("noted", body, task_id=task_id)
    return {"kept": body[:80]}
