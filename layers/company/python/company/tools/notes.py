"""The tool by which a discovery outlives the session that made it."""

from company.fire.fire import Fire
from company.tools import tool


@tool
def keep_note(fire: Fire, body: str, task_id: int | None = None) -> dict[str, str]:
    """Keeps a discovery at once, so that a session after yours need not make it again. Other tools keep what they do.

    task_id: the task that it belongs to; whoever claims it next reads the note with it.
    Example: keep_note(body="3 of 5 rows looked at, up to row 17; row 12 reads as an id", task_id=12).
    """
    fire.learn("noted", body, task_id=task_id)
    return {"kept": body[:80]}
