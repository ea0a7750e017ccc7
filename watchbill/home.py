"""Where the desk keeps its things: one folder in the checkout, and what the last day left in it."""

import fcntl
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from watchbill.errors import DeskError

CHECKOUT = Path(__file__).resolve().parent.parent
HOME = CHECKOUT / ".watchbill"
TEMPLATE = CHECKOUT / "infra" / "template.yaml"


def default_vertical() -> str:
    """The product that the template deploys unless told otherwise; DeskError when it names none."""
    found = re.search(
        r"^  Vertical:\n(?:    .*\n)*?    Default: (\S+)$", TEMPLATE.read_text(encoding="utf-8"), re.MULTILINE
    )
    if found is None:
        raise DeskError("infra/template.yaml: the parameter Vertical has no Default; set VERTICAL=<name>.")
    return found.group(1)


@dataclass(frozen=True)
class LastDay:
    """How to reach the last day's brain again, and what that day was. logins maps each role to its password."""

    database: str
    company: str
    vertical: str
    words: str
    date: str
    ended_at: str
    logins: Mapping[str, str] = field(repr=False)
    figures: Mapping[str, Any] = field(default_factory=dict)
    days: int = 1


def find_products() -> None:
    """Lets every product of the checkout be imported by its name, also one that was written a moment ago."""
    for layer in sorted(CHECKOUT.glob("layers/*/python")):
        if str(layer) not in sys.path:
            sys.path.append(str(layer))


def desk_folder(home: Path) -> Path:
    """Where the last day's papers lie: the brief, the snapshot of its cloud, and how to reach its brain."""
    folder = home / "desk"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def being_up(home: Path) -> Iterator[None]:
    """Marks that the company is up in this process; DeskError when it is in another."""
    path = desk_folder(home) / "up.lock"
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DeskError(
                "The company is up in another terminal, or another command has it open; end that first."
            ) from None
        yield


def sample_folder(home: Path, product: str, day: str, days: int) -> Path:
    """Where a product's generated feeds for some days lie."""
    return home / "sample" / product / (day if days == 1 else f"{day}+{days}")


def remember(home: Path, day: LastDay) -> None:
    """Keeps the day for later commands; readable by its owner only, because passwords are in it."""
    folder = desk_folder(home)
    handle, name = tempfile.mkstemp(dir=folder, prefix="last-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(asdict(day), file, indent=1)
    Path(name).replace(folder / "last.json")


def last_day(home: Path) -> LastDay:
    """The last day that ran to its end; DeskError when there is none yet."""
    try:
        return LastDay(**json.loads((home / "desk" / "last.json").read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise DeskError("There is no day yet: run `make day`.") from None
    except (ValueError, TypeError) as error:
        raise DeskError(f"What the last day left cannot be read ({error}): run `make day` again.") from error
