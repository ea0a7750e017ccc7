"""The desk's folder in the checkout, and the record of the last day in it."""

import fcntl
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from company.json_values import JsonObject
from company.text.files import read_utf8
from watchbill.errors import DeskError

CHECKOUT = Path(__file__).resolve().parent.parent
HOME = CHECKOUT / ".watchbill"
DAY, UP = "last.json", "up.json"
"""The records of the last day, and of the company in real time, which stays beside it."""
TEMPLATE = CHECKOUT / "infra" / "template.yaml"


def default_vertical() -> str:
    """The product that the template deploys by default; DeskError when it names none."""
    text = read_utf8(TEMPLATE)
    found = re.search(r"^ +VERTICAL: (\S+)", text, re.MULTILINE)
    if found is None:
        raise DeskError("infra/template.yaml: no function is given VERTICAL; set VERTICAL=<name>.")
    return found.group(1)


@dataclass(frozen=True)
class LastDay:
    """How to reach the last day's brain, and the options of that day. logins maps each role to its password."""

    database: str
    company: str
    vertical: str
    data_kind: str
    date: str
    ended_at: str
    logins: Mapping[str, str] = field(repr=False)
    figures: JsonObject = field(default_factory=dict)
    days: int = 1
    owner_timezone: str = "UTC"


def find_products() -> None:
    """Makes every product of the checkout importable by its name, also one that was just written."""
    for layer in sorted(CHECKOUT.glob("layers/*/python")):
        if str(layer) not in sys.path:
            sys.path.append(str(layer))


def products() -> list[str]:
    """The names of the checkout's products."""
    return sorted(path.parent.name for path in CHECKOUT.glob("layers/*/python/*/vertical.py"))


def desk_folder(home: Path) -> Path:
    """The folder of the last day: its brief, how to reach its brain, and the desk's companies."""
    folder = home / "desk"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def companies_folder(home: Path) -> Path:
    """A folder for each company of this desk; see watchbill.desk.companies."""
    folder = desk_folder(home) / "companies"
    folder.mkdir(exist_ok=True)
    return folder


def snapshot_folder(home: Path, company: str) -> Path:
    """What the cloud of a company holds, beside its brain."""
    return companies_folder(home) / company / "snapshot"


@contextmanager
def holding_the_desk(home: Path) -> Iterator[None]:
    """Holds the lock of a running company; DeskError names the process that holds it."""
    with (desk_folder(home) / "up.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise DeskError(
                f"The company is running in another terminal, or another command has it open ({lock.read().strip()}). "
                "Stop that with Ctrl-C or `kill` and its number, then run this again; or wait for its end."
            ) from None
        lock.truncate(0)
        lock.write(f"process {os.getpid()}: {' '.join(['watchbill', *sys.argv[1:]])}")
        lock.flush()
        yield


def is_up(home: Path) -> bool:
    """Whether a company is up in real time: its process holds the desk."""
    path = home / "desk" / "up.lock"
    if not path.is_file():
        return False
    with path.open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return re.search(r"watchbill up\b", lock.read()) is not None
    return False


def sample_folder(home: Path, product: str, day: str, days: int) -> Path:
    """The folder of a product's generated feeds for some days."""
    return home / "sample" / product / (day if days == 1 else f"{day}+{days}")


def remember(home: Path, day: LastDay, name: str = DAY) -> None:
    """Saves a day, or a company that is up, for later commands; readable by its owner only: it holds passwords.

    It is written in the company's folder first: what a kill leaves there goes with the company.
    """
    folder = companies_folder(home) / day.company
    folder.mkdir(mode=0o700, exist_ok=True)
    fresh = folder / name
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(asdict(day), indent=1), encoding="utf-8")
    fresh.replace(desk_folder(home) / name)


def last_day(home: Path) -> LastDay:
    """The company that is up; else the last day that ran to its end, or what was up before any day. DeskError: none."""
    names = [name for name in ((UP, DAY) if is_up(home) else (DAY, UP)) if (home / "desk" / name).is_file()]
    return remembered(home, names[0] if names else DAY)


def has_day(home: Path) -> bool:
    """Whether a day ran to its end here, or a company was up."""
    return any((home / "desk" / name).is_file() for name in (DAY, UP))


def remembered(home: Path, name: str) -> LastDay:
    """The last day, or the company that was up last; DeskError when there is none yet."""
    try:
        return LastDay(**_stored_day(home / "desk" / name))
    except FileNotFoundError:
        raise DeskError("There is no day yet: run `make day`.") from None
    except (ValueError, TypeError) as error:
        raise DeskError(f"The record of the last day cannot be read ({error}): run `make day` again.") from error


def _stored_day(path: Path) -> dict[str, Any]:
    """The fields of the last day; an older version named its kind of data otherwise."""
    stored: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if "words" in stored:
        stored["data_kind"] = stored.pop("words")
    return stored
