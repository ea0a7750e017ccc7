"""What a model's finish must be before it is believed: a note that can be looked up, and an end for each task it holds.

ToolError says what is wrong, so that it can be said again; the brain would refuse the closing too, and the whole fire.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING

from company.errors import ToolError
from company.notes import Heard, require_sound
from company.outcomes import Done, TaskClose

if TYPE_CHECKING:
    from company.session import Fire


def require_sound_finish(fire: "Fire", done: Done, heard: Heard) -> None:
    """The owner gets briefs and no notes; a shadow holds no task, whatever it thinks."""
    if not fire.settings.company_shadow:
        held = {row["id"] for row in fire.brain.all("held_tasks", session_id=fire.session_id)}
        require_ends(done.closes, held)
    if fire.record.reports_to != "owner":
        require_sound(done, heard, is_owed=fire.record.kind == "manager")


def require_ends(closes: Collection[TaskClose], held: Collection[int]) -> None:
    """Every task that this session holds is ended once, and nobody else's is."""
    named = [close.task_id for close in closes]
    if foreign := sorted(set(named) - set(held)):
        raise ToolError(f"finish: closes: {_tasks(foreign)} not yours to end; you hold {_tasks(sorted(held))}")
    if left := sorted(set(held) - set(named)):
        raise ToolError(
            f"finish: closes: say how {_tasks(left)} ends: complete, failed, blocked on somebody, or pending"
        )
    if twice := sorted({task for task in named if named.count(task) > 1}):
        raise ToolError(f"finish: closes: {_tasks(twice)} is ended twice")


def _tasks(numbers: list[int]) -> str:
    return ", ".join(f"task {number}" for number in numbers) or "none"
