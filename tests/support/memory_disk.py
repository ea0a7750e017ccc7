"""A place in memory for the tests' databases: a brain has seven hundred files, which take half a second on a disk."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from psycopg import sql

from watchbill.cloud.postgres.postgres_home import PostgresHome
from watchbill.cloud.postgres.shared_server import Server

MEMORY = Path("/dev/shm")  # noqa: S108  a folder of our own is made in it, for its owner alone
PREFIX = "watchbill-tests-"
LEAST_FREE = 2 << 30
"""Bytes. A container often has 64 MB here: then the tests use the disk."""
TABLESPACE = "in_memory"


@contextmanager
def memory_disk(server: Server, place: PostgresHome) -> Iterator[str | None]:
    """The name of a tablespace in memory, gone at the end; None where this machine has no room for one."""
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < LEAST_FREE:
        yield None
        return
    _remove_folders_of_killed_runs()
    folder = MEMORY / f"{PREFIX}{os.getpid()}"
    folder.mkdir(mode=0o700)
    try:
        if place.account is not None:
            os.chown(folder, place.account.pw_uid, place.account.pw_gid)
        with server.connect() as admin:
            command = sql.SQL("CREATE TABLESPACE {} LOCATION {}")
            admin.execute(command.format(sql.Identifier(TABLESPACE), sql.Literal(str(folder))))
        yield TABLESPACE
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_folders_of_killed_runs() -> None:
    for folder in MEMORY.glob(f"{PREFIX}*"):
        if not Path("/proc", folder.name.removeprefix(PREFIX)).exists():
            shutil.rmtree(folder, ignore_errors=True)
