"""How a command fails: one line that says what is wrong and what to do; a traceback only when asked with --debug."""

import sys
from collections.abc import Sequence

from watchbill.errors import UsageError

FAILED, MISUSED, INTERRUPTED = 1, 2, 130


def run(arguments: Sequence[str]) -> int:
    """Runs one command line; its exit code: 0, 1 when it failed, 2 when it was written wrongly."""
    is_debug = "--debug" in arguments
    try:
        return _run([word for word in arguments if word != "--debug"])
    except KeyboardInterrupt:
        return _say("stopped", INTERRUPTED)
    except BrokenPipeError:  # `watchbill logs | head`
        sys.stderr.close()
        return 0
    except Exception as error:
        if is_debug:
            raise
        return _explained(error)


def _run(arguments: list[str]) -> int:
    from watchbill.cli.app import app

    code = app(arguments or ["--help"], standalone_mode=False, prog_name="watchbill")
    sys.stdout.flush()
    return code if isinstance(code, int) else 0


def _explained(error: Exception) -> int:
    """Errors that somebody wrote for a reader come as they are; any other says how to see more."""
    from company.errors import CompanyError
    from watchbill.errors import DeskError

    if type(error).__name__ == "Abort":
        return _say("stopped", INTERRUPTED)
    if isinstance(error, UsageError):
        return _say(str(error), MISUSED)
    if isinstance(error, CompanyError | DeskError):
        return _say(str(error), FAILED)
    # Typer carries its own copy of click; its errors are known by what they can do.
    said = getattr(error, "format_message", None)
    if said is not None:
        return _say(f"{said()} Try `watchbill --help`, or --help after the command.", MISUSED)
    return _say(f"{type(error).__name__}: {error} (--debug shows where)", FAILED)


def _say(message: str, code: int) -> int:
    sys.stderr.write(f"watchbill: {message.strip()}\n")
    return code
