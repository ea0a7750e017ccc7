"""What `day --think` lets through the seal, what it says before it does, and the cap that it holds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from watchbill.cloud.scheduler import Scheduler
    from watchbill.days.estimates import Estimate
    from watchbill.desk.desk import Desk

CAP_USD = 2.0


def _agree(_: "Estimate") -> None:
    """Whoever runs a day from Python has agreed by doing so."""


@dataclass(frozen=True)
class ModelAccess:
    """The key and the endpoint, taken from the shell before it was sealed; the key is shown nowhere."""

    api_key: str | None = field(repr=False)
    base_url: str | None = field(repr=False)
    cap_usd: float = CAP_USD
    """What the whole run may spend."""
    agree: "Callable[[Estimate], None]" = field(default=_agree, repr=False)
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


def prepare(desk: "Desk", model: ModelAccess, *, starts_at: datetime, ends_at: datetime) -> None:
    """Before the first fire: the estimate is told and agreed to, and the brain knows the cap."""
    from watchbill.days.estimates import estimate

    with desk.brain() as brain:
        foreseen = estimate(brain, desk.plan.vertical, starts_at=starts_at, ends_at=ends_at)
    model.agree(foreseen)
    _set_limit(desk, model.cap_usd)


def hold_to_cap(
    desk: "Desk", scheduler: "Scheduler", model: ModelAccess, *, starts_at: datetime, ends_at: datetime
) -> None:
    """The brain's limit is of a UTC day and a run has two of them: at midnight only what is left is left."""
    midnight = datetime.combine(starts_at.date(), time.min, starts_at.tzinfo) + timedelta(days=1)
    while midnight < ends_at:
        scheduler.call_later(midnight, partial(_renew, desk, model, starts_at), "the cap")
        midnight += timedelta(days=1)


def _renew(desk: "Desk", model: ModelAccess, since: datetime) -> None:
    with desk.brain() as brain:
        left = max(0.0, model.cap_usd - float(brain.value("spent_since", since=since)))
    _set_limit(desk, left)


def _set_limit(desk: "Desk", usd: float) -> None:
    with desk.brain() as brain:
        brain.run("set_spending_limit", whose="company", unit="usd", most=f"{usd:.6f}")
