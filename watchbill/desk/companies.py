"""The companies of this checkout's desk, and what a killed command left of one: databases, logins and folders.

Each has a folder, made before its database and locked by the process that works on it. A company with a snapshot ended
well, and is kept for later commands; one without belongs to a living process, or to a killed one.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from watchbill.cloud.postgres.server import Server, databases_named, drop_company
from watchbill.errors import DeskError
from watchbill.home import DAY, UP, companies_folder, remembered, snapshot_folder
from watchbill.scratch import held, lock_folder

DATABASES = "watchbill_desk_"
KEPT = 2
"""How many ended companies stay beside the last one: another terminal may still read them."""


def database_of(company: str) -> str:
    return DATABASES + company.removeprefix("desk_")


@contextmanager
def living(home: Path, company: str, where: str) -> Iterator[None]:
    """Marks a company as one that a process works on; where names the server that its database is on."""
    folder = companies_folder(home) / company
    folder.mkdir(mode=0o700, exist_ok=True)
    lock = lock_folder(folder)
    if lock is None:
        raise DeskError(f"Another command works on the company {company}: wait for its end, then run this again.")
    try:
        (folder / "server").write_text(where, encoding="utf-8")
        yield
    finally:
        os.close(lock)


def server_name(server: Server, desk_postgres: str | None) -> str:
    """How a company's folder names its server; the embedded one may change its port."""
    return f"{server.host}:{server.port}" if desk_postgres else "embedded"


def remove_dead(home: Path, server: Server, desk_postgres: str | None) -> None:
    """Removes from the server what no living process owns, and ended companies but the newest."""
    where, last = server_name(server, desk_postgres), _remembered(home)
    folders = [folder for folder in companies_folder(home).iterdir() if folder.name not in last]
    ended = [folder for folder in folders if snapshot_folder(home, folder.name).is_dir()]
    newest = sorted(ended, key=lambda folder: folder.stat().st_mtime, reverse=True)[:KEPT]
    for folder in set(folders) - set(newest):
        _remove(folder, server, where, is_dead=folder not in ended)
    if where == "embedded":  # it is this checkout's alone
        known = {database_of(folder.name) for folder in companies_folder(home).iterdir()} | set(map(database_of, last))
        for name in databases_named(server, DATABASES) - known:
            drop_company(server, name, f"desk_{name.removeprefix(DATABASES)}_migrate")


def _remove(folder: Path, server: Server, where: str, *, is_dead: bool) -> None:
    """Does nothing while a living process holds it, or when it is on another server than this one."""
    with held(folder) as is_ours:
        if not is_ours or _where(folder) not in (where, ""):
            return
        company = folder.name
        if drop_company(server, database_of(company), f"{company}_migrate", is_dead=is_dead):
            shutil.rmtree(folder, ignore_errors=True)


def _where(folder: Path) -> str:
    """Empty when the process was killed before it made a database."""
    try:
        return (folder / "server").read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def _remembered(home: Path) -> set[str]:
    """The company of the last day, and the one that was up."""
    found = set()
    for name in (DAY, UP):
        with suppress(DeskError):
            found.add(remembered(home, name).company)
    return found
