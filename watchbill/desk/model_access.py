"""The model that `day --think` may use: its key, its endpoint and what the whole run may spend."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

CAP_USD = 2.0


@dataclass(frozen=True)
class Estimate:
    """The estimate for a day on which every fire of every employee has work. tokens by kind; usd at list prices."""

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


def _confirm(_: Estimate) -> None:
    """A day that is run from Python needs no confirmation."""


@dataclass(frozen=True)
class ModelAccess:
    """The key and the endpoint, taken from the environment before it is sealed; the key is never shown."""

    api_key: str | None = field(repr=False)
    base_url: str | None = field(repr=False)
    cap_usd: float = CAP_USD
    """What the whole run may spend."""
    confirm: Callable[[Estimate], None] = field(default=_confirm, repr=False)
    """Called with the estimate before the first fire; raises to cancel the run."""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "ModelAccess | None":
        """None without a key and an endpoint: then there is no model."""
        key, url = environ.get("ANTHROPIC_API_KEY") or None, environ.get("ANTHROPIC_BASE_URL") or None
        return cls(key, url) if key or url else None

    @property
    def host(self) -> str:
        """The host of the endpoint, without the rest of the address."""
        if self.base_url is None:
            return "api.anthropic.com"
        return urlsplit(self.base_url).hostname or "an address without a host"

    @property
    def settings(self) -> dict[str, str]:
        """For the template's parameter Settings; without the key, as on AWS."""
        return {"COMPANY_MODEL": "anthropic", "ANTHROPIC_BASE_URL": self.base_url or ""}

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables for an employee's function at its start."""
        return {"ANTHROPIC_API_KEY": self.api_key} if self.api_key else {}
