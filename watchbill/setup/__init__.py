"""Set-up for `make`: installs into .venv what the locks say, or prints one line about what is missing.

Uses the standard library only: it runs before anything is installed.
"""

import sys

from watchbill.setup.errors import SetupError
from watchbill.setup.exclusive import only_one
from watchbill.setup.install import set_up
from watchbill.setup.stamp import parts_missing
from watchbill.setup.wanted import SETS, Wanted

AGAIN = "An incomplete installation is never used; run the same command again."


def main(arguments: list[str]) -> int:
    """Installs the set named by the first argument (default: desk); returns 0 when it is complete."""
    name = arguments[0] if arguments else "desk"
    if name not in SETS:
        return stop(f"No such set: {name} (there are {', '.join(SETS)}).", 2)
    try:
        complete(SETS[name])
    except SetupError as error:
        return stop(f"Set-up stopped: {error}", 1)
    except OSError as error:
        return stop(f"Set-up stopped: {error}. {AGAIN}", 1)
    except KeyboardInterrupt:
        return stop(f"Set-up interrupted. {AGAIN}", 130)
    return 0


def complete(wanted: Wanted) -> None:
    """Returns at once when nothing is missing; else installs under a lock, so that two set-ups do not collide."""
    if not parts_missing(wanted):
        return
    with only_one(wanted.venv.with_suffix(".lock")) as lock:
        if parts_missing(wanted):
            set_up(wanted, lock)


def stop(message: str, code: int) -> int:
    print(message, file=sys.stderr)
    return code
