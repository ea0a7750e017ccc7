"""Which model is small, medium and large today. Each can be another by its setting."""

from typing import Literal

from company.settings import Settings

Size = Literal["small", "medium", "large"]
MODELS: dict[str, str] = {"small": "claude-haiku-5-5", "medium": "claude-sonnet-5-5", "large": "claude-opus-5-5"}
BEDROCK_PREFIX = "global.anthropic."
"""Bedrock serves today's models only by an inference profile: the bare id is refused. The profile global. has no
surcharge and may answer from any region; us., eu. or jp. in its place keeps to its part of the world."""


def model_for(settings: Settings, size: Size | None) -> str:
    """The id to ask for: the setting's, unchanged; without one today's, on Bedrock by its global profile."""
    wanted = size or "small"
    chosen = {"small": settings.model_small, "medium": settings.model_medium, "large": settings.model_large}[wanted]
    prefix = BEDROCK_PREFIX if settings.company_model == "bedrock" else ""
    return chosen or prefix + MODELS[wanted]
