"""Which model is small, medium and large today. Each can be another by its setting."""

from typing import Literal

from company.settings import Settings

Size = Literal["small", "medium", "large"]
TODAY: dict[str, str] = {"small": "claude-haiku-5-5", "medium": "claude-sonnet-5-5", "large": "claude-opus-5-5"}
BEDROCK_PREFIX = "global.anthropic."
"""Today's models answer on Bedrock only by an inference profile: the bare id is refused. global. has no surcharge, and
stays in no one part of the world; us., eu. or jp. in its place does."""


def model_for(settings: Settings, size: Size | None) -> str:
    """The id to ask for: today's (on Bedrock by its global profile), or what a setting says, as it is."""
    wanted = size or "small"
    chosen = {"small": settings.model_small, "medium": settings.model_medium, "large": settings.model_large}[wanted]
    prefix = BEDROCK_PREFIX if settings.company_model == "bedrock" else ""
    return chosen or prefix + TODAY[wanted]
