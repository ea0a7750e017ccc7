"""The owner's command line: each command has --help, and its errors are one line.

Each has --json too, but `changes diff` and `changes export`, which give diffs.
"""

import sys


def main() -> None:
    """Entry point of `watchbill`."""
    from watchbill.cli.run import complete, run
    from watchbill.cli.shell_settings import is_completing
    from watchbill.cli.signals import end_on_signals

    if is_completing():
        complete()
    end_on_signals()
    sys.exit(run(sys.argv[1:]))
