"""The composition root: builds what a role's fires share, once per warm container."""

import os
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from company.aws.clients import Cloud, fetch_model_key, fetch_password, fetch_settings, model_key_parameter
from company.brain import Brain, connect
from company.errors import BrainUnreachable, RecordError
from company.fire.beside import Threads
from company.fire.kept import Kept
from company.fire.role import RoleCode
from company.log import Log, make_log
from company.records import Record, read_record
from company.settings import Settings
from company.tools import Tool, tools_of

if TYPE_CHECKING:
    from company.model.port import Model
    from company.vertical import Vertical


class Container:
    """One role's settings, record, code and connections."""

    def __init__(self, settings: Settings, record: Record, code: RoleCode, tools: Mapping[str, Tool], log: Log) -> None:
        self.settings = settings
        self.record = record
        self.code = code
        self.tools = tools
        self.log = log
        self.cloud = Cloud()
        self.kept = Kept()
        self.threads = Threads()
        self._asks_ssm = settings.brain_password is None
        self._brain: Brain | None = None
        self._vertical: Vertical | None = None
        self._model: Model | None = None

    @property
    def ping_url(self) -> str:
        """The outside monitor that this role's fires ping; empty for a role whose record does not say `pings`."""
        return self.settings.ping_url if self.record.pings else ""

    def vertical(self) -> "Vertical":
        """The product, imported at its first use."""
        if self._vertical is None:
            from company.vertical import load

            self._vertical = load(self.settings.vertical)
        return self._vertical

    def brain(self) -> Brain:
        """The role's connection, for one fire; a new one when the last one broke or was not used for long."""
        if self._brain is not None and not self._brain.is_fresh():
            self._brain.close()
            self._brain = None
        if self._brain is None:
            self._brain = self._connect()
        return self._brain

    def _connect(self) -> Brain:
        """With the password that SSM gave before; when that fails, with the one it has now, if it is another."""
        given = self.settings.brain_password
        if given is None or (self._asks_ssm and self.settings.brain_auth == "iam"):
            return self._connected(self._with_password())
        try:
            return self._connected(self.settings)
        except BrainUnreachable:
            if not self._asks_ssm or self._with_password().brain_password == given:
                raise
            return self._connected(self.settings)

    def _connected(self, settings: Settings) -> Brain:
        return connect(settings, self.record.budget.seconds)

    def _with_password(self) -> Settings:
        password = fetch_password(self.cloud, self.settings)
        self.settings = self.settings.model_copy(update={"brain_password": password})
        return self.settings

    def model(self) -> "Model":
        """The model that the settings name; ModelMisconfigured when there is no key for it."""
        if self._model is None:
            from company.model.anthropic import open_model

            self._model = open_model(self.settings, self._model_key())
        return self._model

    def forget_model(self) -> None:
        """Makes the next fire of this container read key and settings again; they may have been corrected."""
        self._model = None

    def _model_key(self) -> str | None:
        """From the environment, else from SSM. Bedrock needs none (IAM), and the owner's own endpoint may need none."""
        settings = self.settings
        if settings.anthropic_api_key or settings.company_model != "anthropic":
            return settings.anthropic_api_key
        try:
            return fetch_model_key(self.cloud, settings)
        except Exception as error:
            if settings.anthropic_base_url:
                return None
            from company.model.port import ModelMisconfigured

            where = model_key_parameter(settings.company)
            raise ModelMisconfigured(f"no key for the model in SSM at {where}: {type(error).__name__}") from error


def with_secrets(environment: Mapping[str, str], cloud: Cloud) -> Settings:
    """The settings of an environment, with those that SSM holds. The desk hands them over at the start instead."""
    settings = Settings.from_environment(environment)
    if settings.desk or not settings.secret_settings:
        return settings
    kept = fetch_settings(cloud, settings.company, settings.secret_settings.split())
    return Settings.from_environment({**environment, **{name.upper(): value for name, value in kept.items()}})


@cache
def wire(folder: Path, code: RoleCode) -> Container:
    """The container of the role in this folder, from the process's environment."""
    settings = with_secrets(os.environ, Cloud())
    record = read_record(folder)
    if record.role != settings.role:
        raise RecordError(
            f"ROLE says {settings.role}, but the handler is {record.role}'s: correct the function's environment"
        )
    own = import_module(f"{record.role}.tools") if (folder / "tools.py").is_file() else None
    return Container(settings, record, code, tools_of(record.tools, own), make_log(record.role))
