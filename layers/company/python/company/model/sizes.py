"""Which model is small, medium and large today. Each can be another by its setting."""

from typing import Literal

from company.settings import Settings

Size = Literal["small", "medium", "large"]
TODAY: dict[str, str] = {"small": "claude-haiku-5-5", "medium": "claude-sonnet-5-5", "large": "claude-opus-5-5"}
BEDROCK_PREFIX = "anthropic."


def model_for(settings: Settings, size: Size | None) -> str:
    """The id to ask for. On Bedrock today's models carry Amazon's prefix; what a setting says is taken as it is."""
    wanted = size or "small"
    chosen = {"small": settings.model_small, "medium": settings.model_medium, "large": settings.model_large}[wanted]
    prefix = BEDROCK_PREFIX if settings.company_model == "bedrock" else ""
    return chosen or prefix + TODAY[wanted]
