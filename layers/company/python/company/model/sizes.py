"""Which model is small, medium and large today. Each can be another by its setting."""

import re
from typing import Literal

from company.settings import Settings

Size = Literal["small", "medium", "large"]
MODELS: dict[str, str] = {"small": "claude-haiku-5-5", "medium": "claude-sonnet-5-5", "large": "claude-opus-5-5"}
BEDROCK_PREFIX = "global.anthropic."
"""Bedrock serves today's models only by an inference profile: the bare id is refused. The profile global. has no
surcharge and may answer from any region; us., eu. or jp. in its place keeps to its part of the world."""

TAKES_EFFORT = re.compile(r"(?:^|[./])claude-(?:haiku-5-5|sonnet-5|opus-5|fable-5)(?!\d)")
"""Models that take a level of effort; others refuse every request that states one."""


def model_for(settings: Settings, size: Size | None) -> str:
    """The id to ask for: the setting's, unchanged; without one today's, on Bedrock by its global profile."""
    wanted = size or "small"
    chosen = {"small": settings.model_small, "medium": settings.model_medium, "large": settings.model_large}[wanted]
    prefix = BEDROCK_PREFIX if settings.company_model == "bedrock" else ""
    return chosen or prefix + MODELS[wanted]


def effort_for(model: str, wanted: str | None) -> str | None:
    """The wanted level, where this model takes one; None leaves it to the model."""
    return wanted if TAKES_EFFORT.search(model) else None
