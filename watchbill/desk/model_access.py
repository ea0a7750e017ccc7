"""The model that `day --think` may reach: its key, its endpoint and what the whole run may spend."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

CAP_USD = 2.0


@dataclass(frozen=True)
class Estimate:
    """A day if every fire of every employee found work. tokens by kind; usd at the list prices of the brain."""

    employees: int
    fires: int
    models: tuple[str, ...]
    tokens: Mapping[str, int]
    usd: float

    @property
    def cached(self) -> float:
        """The share of all input that is read back from the cache."""
        read = self.tokens["cache_read"]
        return read / ((read + self.tokens["cache_write"]) or 1)


def _agree(_: Estimate) -> None:
    """Whoever runs a day from Python has agreed by doing so."""


@dataclass(frozen=True)
class ModelAccess:
    """The key and the endpoint, taken from the shell before it was sealed; the key is shown nowhere."""

    api_key: str | None = field(repr=False)
    base_url: str | None = field(repr=False)
    cap_usd: float = CAP_USD
    """What the whole run may spend."""
    agree: Callable[[Estimate], None] = field(default=_agree, repr=False)
    """Told the estimate before the first fire; raises to call the run off."""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "ModelAccess | None":
        """None without a key and without an endpoint: then there is nobody to ask."""
        key, url = environ.get("ANTHROPIC_API_KEY") or None, environ.get("ANTHROPIC_BASE_URL") or None
        return cls(key, url) if key or url else None

    @property
    def host(self) -> str:
        """Whom that is, without what an address may hold beside its host."""
        if self.base_url is None:
            return "api.anthropic.com"
        return urlsplit(self.base_url).hostname or "an address without a host"

    @property
    def parameters(self) -> dict[str, str]:
        """For the template; the key is not among them, as it is not on AWS."""
        return {"CompanyModel": "anthropic", "AnthropicBaseUrl": self.base_url or ""}

    @property
    def environment(self) -> dict[str, str]:
        """What an employee's function is handed as it starts."""
        return {"ANTHROPIC_API_KEY": self.api_key} if self.api_key else {}
