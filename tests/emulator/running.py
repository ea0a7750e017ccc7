"""ministack on a port of its own, and the stack that is deployed into it by the SAM command line."""

import json
import os
import secrets
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from time import monotonic, sleep
from types import MappingProxyType
from typing import Any

import psycopg
from psycopg.rows import dict_row

from tests.emulator.stand_ins import template_for_ministack
from tests.emulator.talking import Talk, talk
from watchbill.cloud.aws import AwsClient, LocalAws
from watchbill.cloud.postgres.server import Server
from watchbill.setup.wanted import ROOT

PYTHON, SAM, BUILT = ROOT / ".venv-emulator/bin/python", ROOT / ".venv-sam/bin/sam", ROOT / ".aws-sam/build"
COMPANY, STACK, OWNER = "ministack", "on-ministack", "owner@example.invalid"
KEYS = {"AWS_ACCESS_KEY_ID": "desk", "AWS_SECRET_ACCESS_KEY": "desk", "AWS_DEFAULT_REGION": "us-east-1"}
NOTHING: Mapping[str, Path] = MappingProxyType({})
GATEWAY = f"{Path(__file__).parent / 'launch.py'}"


@dataclass
class Deployed:
    """One run of `sam deploy`: whether it ended well, and what it printed."""

    is_ok: bool
    output: str


@dataclass
class Emulator:
    """A running ministack, the desk's Postgres beside it, and the company's database there."""

    url: str
    folder: Path
    server: Server
    database: str
    parameters: dict[str, str]
    log: Path

    @cached_property
    def cloud(self) -> LocalAws:
        return LocalAws(self.url)

    def client(self, service: str) -> AwsClient:
        return self.cloud.client(service)

    def deploy_guided(self) -> Talk:
        """`sam deploy --guided` at a terminal: our parameters are typed, Enter answers the rest, yes to the change."""
        answers = {f"Parameter {name}": value for name, value in self.parameters.items()}
        config = self.folder / "guided" / "samconfig.toml"
        config.parent.mkdir()
        config.write_bytes((ROOT / "samconfig.toml").read_bytes())
        options = ["--config-file", str(config), "--template-file", str(self._template("1"))]
        return talk(
            [str(SAM), "deploy", "--guided", *options],
            env=clean_environment(self.folder, AWS_ENDPOINT_URL=self.url),
            cwd=self.folder,
            answers={**answers, "Stack Name": STACK, "Deploy this changeset?": "y"},
        )

    def _template(self, name: str, changed: Mapping[str, Path] = NOTHING, sql: Path = ROOT / "sql") -> Path:
        template = self.folder / f"{name}.yaml"
        template.write_text(template_for_ministack(BUILT, sql, changed, self.parameters), encoding="utf-8")
        return template

    def deploy(self, name: str, *, changed: Mapping[str, Path] = NOTHING, sql: Path = ROOT / "sql") -> Deployed:
        """`sam deploy` of the built template with the stand-ins; see there what changed and sql are."""
        template = self._template(name, changed, sql)
        given = [f'{name}="{value}"' for name, value in self.parameters.items()]
        command = [str(SAM), "deploy", "--template-file", str(template), "--stack-name", STACK, "--s3-bucket", "sam"]
        options = ["--no-confirm-changeset", "--no-progressbar", "--capabilities", "CAPABILITY_IAM"]
        run = subprocess.run(
            [*command, *options, "--parameter-overrides", *given],
            env=clean_environment(self.folder, AWS_ENDPOINT_URL=self.url),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        return Deployed(run.returncode == 0, run.stdout + run.stderr)

    def work(self, role: str) -> dict[str, Any]:
        """Fires a role and waits for its slot's end: status, reason and evidence."""
        at = self.fire(role)
        slot = f"schedule = 'by-hand-{role}' AND due_at = '{at.isoformat()}'"
        ended = f"SELECT status, reason, evidence FROM company.slots WHERE {slot} AND ended_at IS NOT NULL"
        return self.wait_for(f"the end of {role}", ended, minutes=4)

    def fire(self, role: str) -> datetime:
        """Fires a role by the emulator's own scheduler, once, as heartbeat wakes its watchers; when it is due."""
        scheduler, at = self.client("scheduler"), soon()
        like = scheduler.get_schedule(GroupName=COMPANY, Name=role)["Target"]
        event = {"role": role, "schedule": f"by-hand-{role}", "due_at": at.isoformat(), "attempt": "1"}
        scheduler.create_schedule(
            GroupName=COMPANY,
            Name=f"by-hand-{role}-{secrets.token_hex(3)}",
            ScheduleExpression=f"at({at:%Y-%m-%dT%H:%M:%S})",
            FlexibleTimeWindow={"Mode": "OFF"},
            ActionAfterCompletion="DELETE",
            Target={**{key: like[key] for key in ("Arn", "RoleArn")}, "Input": json.dumps(event)},
        )
        return at

    def rows(self, statement: str) -> list[dict[str, Any]]:
        """Of the brain, past every rule."""
        with psycopg.connect(self.server.dsn(self.database), autocommit=True, row_factory=dict_row) as brain:
            return brain.execute(statement.encode()).fetchall()

    def wait_for(self, what: str, statement: str, *, minutes: float) -> dict[str, Any]:
        """The first row of a statement as soon as there is one; an AssertionError names what did not come."""
        until = monotonic() + 60 * minutes
        while monotonic() < until:
            if found := self.rows(statement):
                return found[0]
            sleep(2)
        raise AssertionError(f"{what} did not come in {minutes} minutes; the emulator's log is {self.log}")


def real_time() -> datetime:
    """The emulator has no simulated time."""
    return datetime.now(UTC)


def soon() -> datetime:
    """The next whole second but a few: the emulator looks every ten."""
    return datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=2)


def morning_zone() -> str:
    """A time zone in which it is between six and seven in the morning now: there the ceo writes the brief."""
    ahead = (6 - datetime.now(UTC).hour) % 24
    ahead -= 24 if ahead > 14 else 0
    return f"Etc/GMT{'-' if ahead > 0 else '+'}{abs(ahead)}" if ahead else "UTC"


def clean_environment(home: Path, **more: str) -> dict[str, str]:
    """Nothing of this shell but its PATH: the emulator gives its own environment to every function."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TMPDIR": str(home),
        "SAM_CLI_TELEMETRY": "0",
        **KEYS,
        **more,
    }


@contextmanager
def gateway(folder: Path) -> Iterator[tuple[str, Path]]:
    """ministack alone: its address and its log; it ends with the block."""
    port, log = free_port(), folder / "ministack.log"
    env = clean_environment(folder, GATEWAY_PORT=str(port), BIND_HOST="127.0.0.1")
    with log.open("w") as output:
        process = subprocess.Popen([str(PYTHON), GATEWAY], env=env, cwd=folder, stdout=output, stderr=output)
    try:
        wait_until_open(port, process)
        yield f"http://localhost:{port}", log
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def running(folder: Path, server: Server, feeds: Callable[[], dict[str, str]]) -> Iterator[Emulator]:
    """ministack, a database with a CREATEROLE login, and its password in SSM; all of it ends with the block."""
    database = f"{COMPANY}_{secrets.token_hex(3)}"
    settings = {"COMPANY_MODEL": "book", **{f"FEED_{source.upper()}_URL": url for source, url in feeds().items()}}
    parameters = {
        "Company": COMPANY,
        "BrainDsn": server.address(database),
        "Network": "lean",
        "OwnerEmail": OWNER,
        "BriefAt": f"6:50 {morning_zone()}",
        "Settings": ";".join(f"{name}={value}" for name, value in settings.items()),
    }
    try:
        with gateway(folder) as (url, log):
            emulator = Emulator(url, folder, server, database, parameters, log)
            prepare(emulator)
            yield emulator
    finally:
        server.drop_database(database)


def prepare(emulator: Emulator) -> None:
    """What an owner does before the first deploy: a database, a login that may make logins, its password, a sender."""
    password = secrets.token_urlsafe(24)
    emulator.server.create_database(emulator.database)
    emulator.server.create_migrator(emulator.database, f"{COMPANY}_migrate", password)
    emulator.client("ssm").put_parameter(
        Name=f"/watchbill/{COMPANY}/logins/migrate", Value=password, Type="SecureString"
    )
    emulator.client("s3").create_bucket(Bucket="sam")
    emulator.client("sesv2").create_email_identity(EmailIdentity=OWNER)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_until_open(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError(f"ministack ended with {process.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        sleep(0.1)
    raise RuntimeError("ministack did not open its port in 30 seconds")
