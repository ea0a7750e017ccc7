"""`--aws [STACK]` on any command that reads or answers: the company of a stack, in place of the desk's.

Its brain is reached over TLS by the owner's own login, whose password SSM keeps; the rest by AWS's API, with the
credentials of the shell. Nothing here starts a cloud, and nothing is sealed.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from company.aws.clients import Cloud, fetch_password
from company.json_values import JsonObject
from company.settings import Settings
from watchbill.cli.choice import Choice, choice, chosen_stack
from watchbill.errors import DeskError, UsageError
from watchbill.home import CHECKOUT, LastDay

if TYPE_CHECKING:
    from company.brain import Brain
    from watchbill.cloud.runtime import Invocation
    from watchbill.doctor.deploy_checks import DeployAnswers

LIVE = "live"
"""The alias whose version is in force, where a function has one: the newest code may be no fix that was proved."""
LONGEST_SECONDS = 910
"""No function of Lambda works for more than 15 minutes."""
LEARNT_FROM = "heartbeat"
"""Whose variables say where everything is: every stack has it."""


@dataclass(frozen=True)
class StackCompany:
    """A deployed company: where it is, and how to ask it."""

    stack: str
    settings: Settings = field(repr=False)
    parameters: Mapping[str, str] = field(repr=False)
    cloud: Cloud = field(repr=False)

    @property
    def answers(self) -> "DeployAnswers":
        """What the stack was deployed with."""
        from watchbill.doctor.deploy_checks import DeployAnswers

        names = ("Company", "OwnerEmail", "BriefAt", "BrainDsn", "Network", "Settings")
        return DeployAnswers(*(self.parameters.get(name, "") for name in names))

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.settings.owner_timezone)

    def as_day(self) -> LastDay:
        """As commands know the desk's company; passwords stay in SSM, and data_kind is empty: nothing is simulated."""
        name, vertical = self.settings.company, self.settings.vertical
        now = datetime.now(UTC).isoformat()
        database = self.settings.brain_dsn.rpartition("/")[2].partition("?")[0]
        return LastDay(
            database=database, company=name, vertical=vertical, data_kind="", date="", ended_at=now, logins={}
        )

    def login(self, role: str) -> Settings:
        """The settings of a role's login with its password; DeskError when SSM gives none."""
        settings = self.settings.model_copy(update={"role": role})
        try:  # a token of RDS names the server itself, also where a tunnel leads to it
            password = fetch_password(self.cloud, settings)
        except Exception as error:  # a role that does not exist, a right that is missing, credentials that ended
            raise DeskError(f"SSM gives no password of the login {settings.login}: {error}") from error
        return settings.model_copy(update={"brain_password": password, "brain_dsn": by_tunnel(settings.brain_dsn)})

    @contextmanager
    def brain(self, role: str = "owner") -> Iterator["Brain"]:
        """The brain, with a role's login; DeskError when it does not answer."""
        from company.brain import connect
        from company.errors import BrainUnreachable

        try:
            brain = connect(self.login(role))
        except BrainUnreachable as error:
            remedy = "In private subnets it is reached by a tunnel: WATCHBILL_BRAIN_VIA (docs/deploy.md)."
            raise DeskError(f"{self.stack}: {error}. {remedy}") from error
        with closing(brain.connection):
            yield brain

    def switch(self, schedule: str, *, on: bool) -> str:
        """Switches a schedule; ENABLED or DISABLED."""
        from watchbill.cloud.switching import switch_schedule

        return switch_schedule(self.cloud, self.settings.schedule_group, schedule, on=on)

    def invoke(self, role: str, event: JsonObject | None = None) -> "Invocation":
        """One fire outside every schedule, waited for; of the version that its schedule fires."""
        moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        given = event or {"role": role, "schedule": f"by-hand-{role}", "due_at": moment, "attempt": "1"}
        name, payload = f"{self.settings.company}-{role}", json.dumps(given).encode()
        client = self.cloud.client_with("lambda", read_seconds=LONGEST_SECONDS, tries=1)
        with _waiting_for(role):
            for version in ({"Qualifier": LIVE}, {}):  # only the product's functions have the alias
                with suppress(client.exceptions.ResourceNotFoundException):
                    return _invocation(
                        name, client.invoke(FunctionName=name, LogType="Tail", Payload=payload, **version)
                    )
        raise DeskError(f"The stack {self.stack} has no function {name}; `watchbill org --aws` names all.")


@contextmanager
def _waiting_for(role: str) -> Iterator[None]:
    """Says what it waits for. AWS does not end a fire of which the caller has gone."""
    from botocore.exceptions import BotoCoreError, ClientError, ConnectionClosedError, ReadTimeoutError

    from watchbill.cli.printing import waiting

    try:
        with waiting(f"{role} is fired on AWS; waiting for its end."):
            yield
    except (ReadTimeoutError, ConnectionClosedError) as error:
        see = f"It may still be at work: `watchbill logs {role} --aws` shows it."
        raise DeskError(f"{role} was fired and has not answered: {error}. {see}") from error
    except (BotoCoreError, ClientError) as error:
        raise DeskError(f"{role} was not fired: {error}") from error


def _invocation(name: str, answer: Mapping[str, Any]) -> "Invocation":
    """As the desk's Lambda reports a run; AWS's report is the last line of its log."""
    import base64

    from watchbill.cloud.runtime import Invocation

    text = base64.b64decode(answer.get("LogResult") or b"").decode("utf-8", "replace")
    payload = answer["Payload"].read().decode("utf-8", "replace")
    return Invocation(
        request_id=str(answer["ResponseMetadata"].get("RequestId", "")),
        status="error" if answer.get("FunctionError") else "ok",
        payload=json.loads(payload) if payload else None,
        duration_ms=_reported(text, "Duration"),
        billed_ms=int(_reported(text, "Billed Duration")),
        max_memory_mb=int(_reported(text, "Max Memory Used")),
        init_ms=_reported(text, "Init Duration") or None,
        wall_ms=_reported(text, "Duration"),
        log_group=f"/watchbill/{name.replace('-', '/', 1)}",
        log_stream="",
        log_lines=tuple((0, line) for line in text.splitlines()),
    )


def _reported(log: str, what: str) -> float:
    found = re.search(rf"(?:^|\t|: ){what}: ([0-9.]+)", log)
    return float(found[1]) if found else 0.0


def chosen_company() -> StackCompany | None:
    """The company of the stack that the command line names, looked up once; None on the desk."""
    return None if chosen_stack() is None else _looked_up(choice())


@cache
def _looked_up(chosen: Choice) -> StackCompany:
    from watchbill.cli.shell_settings import ready

    assert chosen.stack is not None, "only a stack is looked up"
    ready()
    return find_company(chosen.stack, Cloud())


def find_company(stack: str, cloud: Cloud) -> StackCompany:
    """What a stack's own function says about itself: name, product, brain, zone."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        [found] = cloud.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
        values = {one["ParameterKey"]: one["ParameterValue"] for one in found.get("Parameters", [])}
        name = f"{values['Company']}-{LEARNT_FROM}"
        answer = cloud.client("lambda").get_function_configuration(FunctionName=name)
    except KeyError:
        raise DeskError(f"The stack {stack} is none of ours: it has no parameter Company.") from None
    except (BotoCoreError, ClientError) as error:
        raise DeskError(
            f"The stack {stack!r} cannot be read: {error}. Credentials and region are the shell's."
        ) from error
    variables = dict(answer.get("Environment", {}).get("Variables", {}))
    if not variables:
        raise DeskError(
            f"AWS does not show the environment of {name}: the shell's credentials may not decrypt it (KMS)."
        )
    sql_dir = str(CHECKOUT / "sql")
    settings = Settings.from_environment({**variables, "ROLE": "owner", "SQL_DIR": sql_dir})
    return StackCompany(stack, settings, values, cloud)


def by_tunnel(dsn: str) -> str:
    """The address by the near end of a tunnel, WATCHBILL_BRAIN_VIA=host:port, where one is set; TLS keeps its name."""
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    via = os.environ.get("WATCHBILL_BRAIN_VIA", "")
    if not via:
        return dsn
    host, _, port = via.rpartition(":")
    if not host or not port.isdigit():
        raise UsageError(
            f"WATCHBILL_BRAIN_VIA is {via}: write the near end of the tunnel as address:port, 127.0.0.1:5433."
        )
    given = {key: value for key, value in conninfo_to_dict(dsn).items() if key != "port"}
    return make_conninfo("", **{"sslmode": "verify-full", **given, "hostaddr": host, "port": port})
