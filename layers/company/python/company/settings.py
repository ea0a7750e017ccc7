"""The one place where the environment is read; all other code is given a Settings."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from company.errors import SettingsError

CHECKOUT_SQL = Path(__file__).resolve().parents[4] / "sql"
LAYER_SQL = Path("/opt")
UNKNOWN_SENDER = "company@example.invalid"
WRITTEN = frozenset(
    {
        "COMPANY_MODEL", "COMPANY_SHADOW", "MODEL_SMALL", "MODEL_MEDIUM", "MODEL_LARGE", "ANTHROPIC_BASE_URL",
        "BEDROCK_REGION", "DAILY_USD", "MONTHLY_USD", "RESERVED", "BRAIN_AUTH", "MAIL_FROM", "SITE_URL",
    }
)  # fmt: skip
"""What the template's parameter Settings may hold, beside another address for each feed."""


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


def written_settings(text: str) -> dict[str, str]:
    """'COMPANY_MODEL=book;DAILY_USD=2.00', the template's parameter Settings; SettingsError says what is wrong."""
    pairs = [part.partition("=") for part in text.split(";") if part.strip()]
    written = {name.strip(): value.strip() for name, _, value in pairs}
    if len(written) < len(pairs):  # the template's conditions read the first one
        names = [name.strip() for name, _, _ in pairs]
        twice = sorted(name for name in written if names.count(name) > 1)
        raise SettingsError(f"SETTINGS: {', '.join(twice)} stands there more than once; leave one")
    unknown = sorted(name for name in written if not _is_written(name))
    if unknown:
        raise SettingsError(f"SETTINGS: there is no setting {', '.join(unknown)}; samconfig.toml lists them all")
    return {name: value for name, value in written.items() if value}


def _is_written(name: str) -> bool:
    return name in WRITTEN or (name.startswith("FEED_") and name.endswith("_URL"))


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
    """Of who reads it: the queue of fires that Lambda gave up on."""
    undelivered_queue_url: str = ""
    """Of who reads it: the queue of fires that Scheduler could not hand to Lambda."""
    site_url: str = ""
    console_url: str = ""
    mail_set: str = ""
    """SES's configuration set, which reports whether a mail arrived; without one no such event comes."""
    mail_events_url: str = ""
    mail_from: str = UNKNOWN_SENDER
    """The sender of all mail; on AWS the owner's own address where no other is set."""
    owner_email: str = "owner@example.invalid"
    owner_timezone: str = "UTC"
    brief_at: str = "6:50 UTC"
    """When the brief is due, and in which zone: company.owner.brief_hour."""
    daily_usd: float | None = None
    """What the model may cost in a day, as deployed; the owner's own limit stays until another is deployed."""
    brain_auth: str = "password"
    """How a login proves itself: password (from SSM), or iam (a token of RDS, good for 15 minutes)."""
    founder_secret: str = ""
    """Of migrate: the secret of the administrator of an instance that the template made."""
    secret_settings: str = ""
    """Names of settings that SSM holds and this role may read, divided by blanks."""
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
        environment = {
            **written_settings(environment.get("SETTINGS", "")),
            **{n: v for n, v in environment.items() if v != ""},
        }
        values: dict[str, object] = {name.lower(): value for name, value in environment.items()}
        values.setdefault("mail_from", environment.get("OWNER_EMAIL", UNKNOWN_SENDER))
        values["feeds"], values["feed_keys"] = _of_feeds(environment, "_URL"), _of_feeds(environment, "_KEY")
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            faults = "; ".join(f"{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
            raise SettingsError(f"the environment is not complete: {faults}") from error
