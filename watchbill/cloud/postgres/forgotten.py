"""Servers of checkouts that were deleted: root's are kept outside the checkout, so they stay when it goes."""

import fcntl
import shutil
from dataclasses import replace
from pathlib import Path

from watchbill.cloud.postgres.postgres_home import PostgresHome
from watchbill.cloud.postgres.server_process import stop


def remove_forgotten(place: PostgresHome) -> None:
    """Stops and removes the servers beside this one whose desk folder is gone and that no living process uses."""
    if place.account is None:
        return
    for base in place.base.parent.iterdir():
        if base != place.base and _is_forgotten(base):
            _remove(replace(place, base=base))


def _is_forgotten(base: Path) -> bool:
    try:
        return not Path((base / "home").read_text(encoding="utf-8")).exists()
    except OSError:
        return False


def _remove(place: PostgresHome) -> None:
    with place.users_file.open("a") as users, place.gate_file.open("a") as gate:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.flock(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return  # a living process uses it
        stop(place)
        shutil.rmtree(place.base, ignore_errors=True)
