"""The tool on root causes: which mistakes have not come back."""

from dataclasses import dataclass
from datetime import datetime

from company.fire.fire import Fire
from company.tools import by_need, reading_tool


@dataclass(frozen=True)
class QuietCause:
    """An open root-cause task whose mistake has not come back. fires_without: fires of the role since it was made."""

    id: int
    status: str
    role: str
    signature: str
    times: int
    last_at: datetime
    fires_without: int


@by_need
@reading_tool
def quiet_root_causes(fire: Fire) -> list[QuietCause]:
    """Lists open root-cause tasks whose mistake has not come back for a day and three fires of its role.

    Example: quiet_root_causes() gives [{"id": 17, "status": "blocked", "role": "x", "times": 4, "last_at": "...",
    "fires_without": 5}].
    """
    return fire.brain.rows(QuietCause, "quiet_root_causes")
