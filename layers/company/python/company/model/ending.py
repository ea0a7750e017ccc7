"""What must be true before a model's session may end as the model says: its figures, its note, and what it closes.

The brain refuses a false ending too, but by then the fire is over and its work with it; here the model is told.
"""

from collections.abc import Iterator

from company.errors import ToolError
from company.fire.closing import rehearse
from company.fire.fire import Fire
from company.fire.notes import Heard, require_sound
from company.outcomes import Done

MOST = 10**12
"""No fire counts further than this, and none below nothing."""


def require_true_ending(fire: Fire, done: Done, heard: Heard) -> None:
    """ToolError, or what the brain refuses, says what is wrong. A shadow holds nothing and owes nothing."""
    if fire.worker != "model":
        return
    if wrong := list(_wrong_figures(done)):
        raise ToolError("finish: " + "; ".join(wrong))
    if fire.record.reports_to != "owner":
        require_sound(done, heard, is_owed=fire.record.kind == "manager")
    # The database has the last word at the closing; here it is asked while the model can still correct it.
    rehearse(fire, done)


def _wrong_figures(done: Done) -> Iterator[str]:
    for name, figure in done.evidence.items():
        if isinstance(figure, int | float) and not 0 <= figure <= MOST:
            yield f"{name} counts what you did, so it is between 0 and {MOST:,}"
