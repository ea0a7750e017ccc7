"""Another Unix user of this machine, with a checkout and an environment of her own."""

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.checkouts import Checkout

LEAST_UID, NOBODY = 1000, 65534


@dataclass(frozen=True)
class SecondOwner:
    """Runs commands in her checkout as herself; `started` does not wait for their end."""

    account: pwd.struct_passwd
    root: Path

    def started(self, *arguments: str) -> "subprocess.Popen[str]":
        paths = os.pathsep.join(map(str, [self.root, *sorted(self.root.glob("layers/*/python"))]))
        return subprocess.Popen(
            [str(self.root / ".venv/bin/python"), "-m", "watchbill", *arguments],
            cwd=self.root,
            env={"PATH": os.defpath, "HOME": str(self.root), "PYTHONPATH": paths, "VERTICAL": "quakes"},
            user=self.account.pw_uid,
            group=self.account.pw_gid,
            extra_groups=[],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


def ordinary_user() -> pwd.struct_passwd | None:
    """An ordinary user of this machine, when this one may act as him and a Python for everybody is there."""
    version = f"import sys; sys.exit(sys.version_info[:2] != {tuple(sys.version_info[:2])})"
    if os.geteuid() != 0 or subprocess.run([_python(), "-c", version], check=False).returncode:
        return None
    return next((one for one in pwd.getpwall() if LEAST_UID <= one.pw_uid < NOBODY), None)


@contextmanager
def second_owner(account: pwd.struct_passwd, mine: Checkout, folder: Path) -> Iterator[SecondOwner]:
    """A copy of a checkout that is the account's own, with an environment of the gate's packages."""
    root = folder / "her company"
    shutil.copytree(mine.root, root, ignore=shutil.ignore_patterns(".watchbill"))
    subprocess.run([_python(), "-m", "venv", "--without-pip", str(root / ".venv")], check=True)
    [packages] = (root / ".venv").glob("lib/python*/site-packages")
    packages.rmdir()
    packages.symlink_to(next(path for path in sys.path if path.endswith("site-packages")))
    for path in [folder, root, *root.rglob("*")]:
        os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)
    yield SecondOwner(account, root)


def _python() -> str:
    return shutil.which("python3", path=os.defpath) or "python3"
