"""Runs a command; an error is one line that says what is wrong and what to do, and a traceback only with --debug."""

import contextlib
import errno
import os
import shlex
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from watchbill.cli.choice import chosen_stack, take_choice
from watchbill.cli.signals import Ended
from watchbill.errors import UsageError

FAILED, MISUSED, INTERRUPTED = 1, 2, 130
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
ON_AWS = ("deploy",)
"""Commands that need the shell's own credentials, profile and region, also without --aws."""


def run(arguments: Sequence[str]) -> int:
    """Runs one command line and returns its exit code: 0, 1 for a failure, 2 for a wrong command line."""
    is_debug = "--debug" in arguments
    try:
        plain = [argument for argument in arguments if argument != "--debug"]
        plain = take_choice(plain, os.environ)
        _prepare(plain)
        return _run(plain)
    except Ended as ended:
        return _print_error("stopped", ended.code)
    except KeyboardInterrupt:
        return _print_error("stopped", INTERRUPTED)
    except BrokenPipeError:  # `watchbill logs | head`
        sys.stderr.close()
        return 0
    except Exception as error:
        if is_debug:
            raise
        return _report(error)


def _prepare(arguments: Sequence[str]) -> None:
    """Seals the process environment, so that only loopback can be reached; not for a command that works on AWS."""
    from watchbill.cli.shell_settings import read_shell, ready

    command = next((word for word in arguments if not word.startswith("-")), None)
    if chosen_stack() is not None or command in ON_AWS:
        ready()
    else:
        read_shell()


def complete() -> None:
    """Answers the shell, which asks by variables what could follow; then ends."""
    from watchbill.cli.app import app

    app(prog_name="watchbill")


def _run(arguments: list[str]) -> int:
    from watchbill.cli.app import app

    code = app(arguments or ["--help"], standalone_mode=False, prog_name="watchbill")
    sys.stdout.flush()
    return code if isinstance(code, int) else 0


def _report(error: Exception) -> int:
    """Errors written for a reader are printed as they are; any other error also says how to see more."""
    from company.errors import CompanyError, NothingKnown, Refused
    from watchbill.errors import DeskError

    if (message := _no_room(error) or _not_ours(error)) is not None:
        return _print_error(message, FAILED)
    if type(error).__name__ == "Abort":
        return _print_error("stopped", INTERRUPTED)
    if isinstance(error, UsageError) or (isinstance(error, NothingKnown) and error.is_miswritten):
        return _print_error(str(error), MISUSED)
    if isinstance(error, CompanyError | DeskError):
        return _print_error(error.sentence if isinstance(error, Refused) else str(error), FAILED)
    # Typer carries its own copy of click; its errors are recognised by their method.
    describe = getattr(error, "format_message", None)
    if describe is not None:
        said = describe() if describe().endswith("?") else f"{describe().rstrip('.')}."
        return _print_error(f"{said} Try `watchbill --help`, or --help after the command.", MISUSED)
    return _print_error(f"{type(error).__name__}: {error} (--debug shows the traceback)", FAILED)


def _no_room(error: Exception) -> str | None:
    """The message for a full disk, also when Postgres met it; None for any other error."""
    if getattr(error, "errno", None) not in NO_ROOM and getattr(error, "sqlstate", None) != "53100":
        return None
    where = getattr(error, "filename", None) or f"the disk of {tempfile.gettempdir()} or of this checkout"
    return f"There is no room left on {where}. Free some, then run the command again: nothing was left half done."


def _not_ours(error: Exception) -> str | None:
    """The message for a file of another owner of this machine, or closed by its own mode; None for any other error."""
    if not isinstance(error, PermissionError) or error.filename is None:
        return None
    path = Path(os.fsdecode(error.filename))
    while not os.path.lexists(path):  # it could not be made, or not be looked for: its folder is in the way
        path = path.parent
    if path.lstat().st_uid == os.geteuid():
        return (
            f"{path} cannot be read or written: its mode forbids it. To allow it: chmod u+rwX {shlex.quote(str(path))}"
        )
    try:
        owner = path.owner()
    except (OSError, KeyError):
        owner = "another user"
    return f"{path} is not this user's ({owner}'s). Run as that user, or in a checkout of your own."


def _print_error(message: str, code: int) -> int:
    """What was typed, or read from a file, may hold signs that a terminal would obey."""
    from watchbill.cli.printing import as_called, without_controls

    with contextlib.suppress(OSError):  # the terminal was closed
        sys.stderr.write(f"watchbill: {without_controls(as_called(message.strip()))}\n")
    return code
