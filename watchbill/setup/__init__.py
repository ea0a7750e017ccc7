"""For whoever types `make`: .venv holds what the locks say, or one line says what is missing and what to do.

Standard library only: it runs before anything is installed.
"""

import sys

from watchbill.setup.errors import SetupError
from watchbill.setup.exclusive import only_one
from watchbill.setup.install import set_up
from watchbill.setup.stamp import parts_missing
from watchbill.setup.wanted import SETS, Wanted

AGAIN = "Nothing half-made will be used; run the same command again."


def main(arguments: list[str]) -> int:
    """Make the set named by the first argument (default: desk) whole; 0 when it is."""
    name = arguments[0] if arguments else "desk"
    if name not in SETS:
        return stop(f"No such set: {name} (there are {', '.join(SETS)}).", 2)
    try:
        make_whole(SETS[name])
    except SetupError as error:
        return stop(f"Set-up stopped: {error}", 1)
    except OSError as error:
        return stop(f"Set-up stopped: {error}. {AGAIN}", 1)
    except KeyboardInterrupt:
        return stop(f"Set-up interrupted. {AGAIN}", 130)
    return 0


def make_whole(wanted: Wanted) -> None:
    """Return at once when all is there; else set up under a lock, so that two at once do not collide."""
    if not parts_missing(wanted):
        return
    with only_one(wanted.venv.with_suffix(".lock")) as lock:
        if parts_missing(wanted):
            set_up(wanted, lock)


def stop(message: str, code: int) -> int:
    print(message, file=sys.stderr)
    return code
