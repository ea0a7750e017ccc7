"""The one place where the environment is read; all other code is given a Settings."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from company.errors import SettingsError

CHECKOUT_SQL = Path(__file__).resolve().parents[4] / "sql"
LAYER_SQL = Path("/opt")


def _proxies(value: object) -> object:
    """'http://a:8080, https://b' as two addresses. An error does not quote them: they may hold a password."""
    if not isinstance(value, str):
        return value
    proxies = tuple(filter(None, map(str.strip, value.split(","))))
    for n, proxy in enumerate(proxies, start=1):
        if not _is_proxy(proxy):
            raise ValueError(f"proxy {n} is not http(s)://[user:password@]host:port (escape other characters by %)")
    return proxies


def _is_proxy(address: str) -> bool:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return False
    rest = (parts.path.strip("/"), parts.query, parts.fragment)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not any(rest)


def _of_feeds(environment: Mapping[str, str], ending: str) -> dict[str, str]:
    """What is set for each source by FEED_<SOURCE> with this ending; blanks and line ends around it are no part."""
    return {
        name.removeprefix("FEED_").removesuffix(ending).lower(): value.strip()
        for name, value in environment.items()
        if name.startswith("FEED_") and name.endswith(ending) and value.strip()
    }


class Settings(BaseModel):
    """A fire's settings. Each field is the environment variable of that name."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    role: str
    company: str
    vertical: str
    brain_dsn: str
    brain_password: str | None = Field(default=None, repr=False)
    sql_dir: Path = LAYER_SQL if (LAYER_SQL / "company").is_dir() else CHECKOUT_SQL
    bucket: str = ""
    schedule_group: str = "default"
    product_layer: str = ""
    """The ARN of the product's layer as the template deployed it; only who deploys changes knows it."""
    failure_queue_url: str = ""
    site_url: str = ""
    console_url: str = ""
    mail_set: str = ""
    """SES's configuration set, which reports whether a mail arrived; without one no such event comes."""
    mail_events_url: str = ""
    mail_from: str = "company@example.invalid"
    owner_email: str = "owner@example.invalid"
    owner_timezone: str = "UTC"
    owner_topic_arn: str = ""
    owner_webhook_url: str = ""
    ping_url: str = ""
    brief_ping_url: str = ""
    company_model: str = "book"
    company_shadow: bool = False
    model_small: str = ""
    model_medium: str = ""
    model_large: str = ""
    anthropic_base_url: str = ""
    anthropic_api_key: str | None = Field(default=None, repr=False)
    anthropic_bedrock_base_url: str = ""
    bedrock_region: str = ""
    """The region of Bedrock; empty is the function's own region."""
    aws_region: str = ""
    desk: str = ""
    open_transaction_seconds: int | None = None
    """After how many seconds an idle transaction is ended; heartbeat's own limit where nothing is set, as on AWS."""
    feeds: Mapping[str, str] = {}
    """FEED_<SOURCE>_URL: another address of a source, or several divided by blanks; it switches an optional one on."""
    feed_keys: Mapping[str, str] = Field(default={}, repr=False)
    """FEED_<SOURCE>_KEY: what a source that takes a key is asked with."""
    feed_proxies: Annotated[tuple[str, ...], BeforeValidator(_proxies)] = Field(default=(), repr=False)
    """Forward proxies, tried after the direct routes of a source; they may hold a password."""

    @property
    def login(self) -> str:
        """The Postgres login of this role: names are prefixed per company."""
        return f"{self.company}_{self.role}"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Reads and checks the environment; one SettingsError names every variable that is missing or malformed."""
        values: dict[str, object] = {name.lower(): value for name, value in environment.items() if value != ""}
        values["feeds"], values["feed_keys"] = _of_feeds(environment, "_URL"), _of_feeds(environment, "_KEY")
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            faults = "; ".join(f"{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
            raise SettingsError(f"the environment is not complete: {faults}") from error
