"""A server that lets logins in as RDS does: by a token who counts to rds_iam, and by a password everybody else.

All of RDS's roles are there. Members of rds_superuser may hand on rds_iam, by an ADMIN option which, as on RDS, makes
nobody count to it.
"""

import hashlib
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import psycopg
import pytest

from watchbill.cloud.postgres.postgres_home import find_home, make_cluster
from watchbill.cloud.postgres.shared_server import Server, desk_server, remove_server

Counted = Literal["every member", "who inherits"]
"""Who counts to rds_iam: as pg_hba.conf reads a group, or as crossplane-contrib/provider-sql#359 has seen it on RDS."""
ROLES = (
    *("rds_superuser", "rds_iam", "rds_password", "rds_replication", "rds_ad", "rds_extension", "rds_reserved"),
    *("rdsadmin", "rdsrepladmin", "rdstopmgr", "rds_write_forward"),
)
PASSWORD_OF_FOUNDER = "first"
HBA = """
host all +rds_iam 127.0.0.1/32 radius radiusservers="127.0.0.1" radiussecrets="{secret}" radiusports="{port}"
host all all 127.0.0.1/32 scram-sha-256
"""
COUNTS = """
WITH RECURSIVE counted AS (
  SELECT member FROM pg_auth_members WHERE roleid = 'rds_iam'::regrole AND member <> 'rds_superuser'::regrole
  UNION
  SELECT a.member FROM pg_auth_members a JOIN counted c ON a.roleid = c.member WHERE a.inherit_option OR %(every)s
)
SELECT EXISTS (SELECT FROM counted JOIN pg_roles ON oid = member WHERE rolname = %(login)s)
"""
ACCEPT, REJECT, NAME, PASSWORD = 2, 3, 1, 2
HEAD = 20


def token_of(login: str) -> str:
    """In the place of RDS's own, of 800 signs: what Postgres asks a RADIUS server for is at most 128 long."""
    return f"a token of {login}"


def sign_short_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    """boto3 gives the tokens that this server takes."""

    def signed(_: object, DBHostname: str, Port: int, DBUsername: str, Region: str | None = None) -> str:
        assert DBHostname and Port
        return token_of(DBUsername)

    monkeypatch.setattr("botocore.signers.generate_db_auth_token", signed)


@dataclass
class Rds:
    """One instance: its server, and who counts to rds_iam."""

    server: Server
    counted: Counted = "every member"
    refused: list[str] = field(default_factory=list)

    def make_database(self) -> "Instance":
        """An empty database as RDS makes one with an instance: it belongs to the master user, who is no superuser."""
        mark = secrets.token_hex(4)
        made = Instance(self, f"acme_{mark}", f"founder_{mark}")
        with self.server.connect() as rdsadmin:
            for statement in (
                f"CREATE ROLE {made.founder} LOGIN CREATEROLE CREATEDB PASSWORD '{PASSWORD_OF_FOUNDER}'",
                f"GRANT rds_superuser TO {made.founder}",
                f"CREATE DATABASE {made.company} OWNER {made.founder}",
            ):
                rdsadmin.execute(statement.encode())
        return made

    def lets_in(self, login: str, password: str) -> bool:
        """What RDS's own program says of who is a member of rds_iam in any way, or may make one."""
        asked = {"login": login, "every": self.counted == "every member"}
        with self.server.connect() as rdsadmin:
            [counts] = rdsadmin.execute(COUNTS.encode(), asked).fetchone() or [True]
        return password == (token_of(login) if counts else PASSWORD_OF_FOUNDER)


@dataclass(frozen=True)
class Instance:
    """A database of an instance; the company has its name."""

    rds: Rds
    company: str
    founder: str

    @property
    def address(self) -> str:
        return self.rds.server.address(self.company)

    def dsn(self, role: str, password: str) -> str:
        return self.rds.server.dsn(self.company, f"{self.company}_{role}", password)

    def founders_dsn(self, password: str = PASSWORD_OF_FOUNDER) -> str:
        return self.rds.server.dsn(self.company, self.founder, password)

    def lets_in(self, dsn: str) -> bool:
        try:
            psycopg.connect(dsn).close()
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def rds_server(home: Path) -> Iterator[Rds]:
    """A server of its own, removed at the end."""
    place, secret = find_home(home), secrets.token_hex(8)
    make_cluster(place)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.bind(("127.0.0.1", 0))
        hba = HBA.format(secret=secret, port=door.getsockname()[1])
        (place.data / "pg_hba.conf").write_text(hba, encoding="utf-8")
        try:
            with desk_server(home) as server, server.connect() as rdsadmin:
                for role in ROLES:
                    rdsadmin.execute(f"CREATE ROLE {role}".encode())
                rdsadmin.execute("GRANT rds_iam TO rds_superuser WITH ADMIN TRUE, INHERIT FALSE, SET FALSE")
                rds = Rds(server)
                with _answered(door, rds, secret.encode()):
                    yield rds
        finally:
            remove_server(home)


@contextmanager
def _answered(door: socket.socket, rds: Rds, secret: bytes) -> Iterator[None]:
    """RADIUS (RFC 2865): the server sends name and password, and is answered yes or no. An empty packet ends it."""

    def answer_all() -> None:
        while True:
            packet, asker = door.recvfrom(4096)
            if not packet:
                return
            name, password = _read(packet, secret)
            verdict = ACCEPT if rds.lets_in(name, password) else REJECT
            if verdict == REJECT:
                rds.refused.append(name)
            door.sendto(_signed(verdict, packet, secret), asker)

    thread = threading.Thread(target=answer_all)
    thread.start()
    try:
        yield
    finally:
        door.sendto(b"", door.getsockname())
        thread.join()


def _read(packet: bytes, secret: bytes) -> tuple[str, str]:
    found, place = {}, HEAD
    while place < len(packet):
        kind, length = packet[place], packet[place + 1]
        found[kind] = packet[place + 2 : place + length]
        place += length
    return found[NAME].decode(), _shown(found[PASSWORD], packet[4:HEAD], secret)


def _shown(hidden: bytes, before: bytes, secret: bytes) -> str:
    """The password, whose every 16 bytes are hidden by the secret and the 16 hidden bytes before."""
    shown = b""
    for start in range(0, len(hidden), 16):
        block = hidden[start : start + 16]
        key = hashlib.md5(secret + before).digest()
        shown += bytes(a ^ b for a, b in zip(block, key, strict=True))
        before = block
    return shown.rstrip(b"\0").decode()


def _signed(verdict: int, packet: bytes, secret: bytes) -> bytes:
    head = bytes([verdict, packet[1], 0, HEAD])
    return head + hashlib.md5(head + packet[4:HEAD] + secret).digest()
