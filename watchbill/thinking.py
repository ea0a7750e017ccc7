"""What `day --think` lets through the seal, and what it says before it does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True)
class ModelAccess:
    """The key and the endpoint, taken from the shell before it was sealed; the key is shown nowhere."""

    api_key: str | None = field(repr=False)
    base_url: str | None = field(repr=False)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "ModelAccess | None":
        """None without a key and without an endpoint: then there is nobody to ask."""
        key, url = environ.get("ANTHROPIC_API_KEY") or None, environ.get("ANTHROPIC_BASE_URL") or None
        return cls(key, url) if key or url else None

    @property
    def host(self) -> str:
        """Whom that is, without what an address may hold beside its host."""
        return (
            (urlsplit(self.base_url).hostname or "an address without a host") if self.base_url else "api.anthropic.com"
        )

    @property
    def parameters(self) -> dict[str, str]:
        """For the template; the key is not among them, as it is not on AWS."""
        return {"CompanyModel": "anthropic", "AnthropicBaseUrl": self.base_url or ""}

    @property
    def environment(self) -> dict[str, str]:
        """What an employee's function is handed as it starts."""
        return {"ANTHROPIC_API_KEY": self.api_key} if self.api_key else {}
