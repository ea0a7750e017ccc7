"""Tools on root causes: which mistakes have stayed away, for those who look for why they were made."""

from typing import Any

from company.fire.fire import Fire
from company.json_values import json_rows
from company.tools import reading_tool


@reading_tool
def quiet_root_causes(fire: Fire) -> list[dict[str, Any]]:
    """Lists open root-cause tasks whose mistake has not come back for a day and three fires of its role.

    Example: quiet_root_causes() gives [{"id": 17, "status": "blocked", "role": "x", "times": 4, "last_at": "...",
    "fires_without": 5}].
    """
    return json_rows(fire.brain.all("quiet_root_causes"))
