"""The one place where the environment is read; everybody else is handed a Settings."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from company.errors import SettingsError

CHECKOUT_SQL = Path(__file__).resolve().parents[4] / "sql"
LAYER_SQL = Path("/opt")


class Settings(BaseModel):
    """What a fire needs to know of its surroundings. Each field is the environment variable of that name."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    role: str
    company: str
    vertical: str
    brain_dsn: str
    brain_password: str | None = None
    sql_dir: Path = LAYER_SQL if (LAYER_SQL / "company").is_dir() else CHECKOUT_SQL
    bucket: str = ""
    schedule_group: str = "default"
    failure_queue_url: str = ""
    site_url: str = ""
    console_url: str = ""
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
    anthropic_api_key: str | None = None
    desk: str = ""
    feeds: Mapping[str, str] = {}

    @property
    def login(self) -> str:
        """The Postgres login of this role: names are prefixed per company."""
        return f"{self.company}_{self.role}"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Reads and checks the environment; SettingsError names every variable that is missing or malformed at once."""
        values: dict[str, object] = {name.lower(): value for name, value in environment.items() if value != ""}
        values["feeds"] = {
            name.removeprefix("FEED_").removesuffix("_URL").lower(): value
            for name, value in environment.items()
            if name.startswith("FEED_") and name.endswith("_URL") and value
        }
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            faults = "; ".join(f"{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
            raise SettingsError(f"the environment is not complete: {faults}") from error
