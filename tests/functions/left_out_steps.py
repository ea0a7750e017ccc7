"""Does the steps that a beat leaves out, and notes which of them had something to do."""

from dataclasses import dataclass, field

from company.fire.fire import Fire
from heartbeat.work import STEPS, Figures

HAS_WRITTEN = "SELECT pg_current_xact_id_if_assigned() IS NOT NULL AS yes"
ONLY_LOCKS = ("the model",)
"""It locks the row that it then leaves as it is, which Postgres counts as writing."""


@dataclass
class LeftOutSteps:
    """had_something: steps that gave figures, or wrote something, although the beat would have left them out."""

    are_tried: bool = True
    left_out: list[str] = field(default_factory=list)
    had_something: list[str] = field(default_factory=list)

    def leave_out(self, fire: Fire, name: str) -> Figures:
        self.left_out.append(name)
        nothing = dict.fromkeys(STEPS[name].figures, 0)
        if not self.are_tried:
            return nothing
        with fire.brain.transaction():
            figures = STEPS[name].act(fire)
            row = fire.brain.connection.execute(HAS_WRITTEN).fetchone()
        has_written = row is not None and row["yes"] and name not in ONLY_LOCKS
        if has_written or figures != nothing:
            self.had_something.append(name)
        return figures
