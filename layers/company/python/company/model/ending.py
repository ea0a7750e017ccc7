"""What must be true before a model's session may end as the model says: its tasks, its figures, its duty.

The brain refuses a false ending too, but by then the fire is over and its work with it; here the model is told.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from company.errors import ToolError
from company.outcomes import Done, TaskClose

if TYPE_CHECKING:
    from company.session import Fire

MOST = 10**12
"""No fire counts further than this, and none below nothing."""


def require_true_ending(fire: "Fire", done: Done) -> None:
    """Refuses with everything that is wrong at once, so that one more try can mend it."""
    if fire.settings.company_shadow:
        return  # a shadow holds nothing and owes nothing
    wrong = [*_wrong_figures(done), *_wrong_closes(fire, done.closes)]
    if owed := fire.house.owed(fire):
        wrong.append(owed)
    if wrong:
        raise ToolError("finish: " + "; ".join(wrong))


def _wrong_figures(done: Done) -> Iterator[str]:
    for name, figure in done.evidence.items():
        if isinstance(figure, int | float) and not 0 <= figure <= MOST:
            yield f"{name} counts what you did, so it is between 0 and {MOST:,}"


def _wrong_closes(fire: "Fire", closes: tuple[TaskClose, ...]) -> Iterator[str]:
    held = {row["id"] for row in fire.brain.all("tasks_held", session_id=fire.session_id)}
    ended = [close.task_id for close in closes]
    if strange := sorted(set(ended) - held):
        yield f"you do not hold task {', '.join(map(str, strange))}"
    if left := sorted(held - set(ended)):
        yield f"say how task {', '.join(map(str, left))} ends"
    if len(ended) != len(set(ended)):
        yield "each task ends once"
    for close in closes:
        if close.status == "blocked" and not (close.blocked_on and (close.blocked_action or "").strip()):
            yield f"task {close.task_id} is blocked on whom (blocked_on), who must do what (blocked_action)?"
