"""The owner's command line: each command explains itself with --help, speaks JSON with --json, fails in one line."""

import sys


def main() -> None:
    """Entry of `watchbill`. Seals the process first: whatever the shell holds, only loopback is left to go to."""
    from watchbill.cli.run import run
    from watchbill.cli.shell_settings import read_shell

    read_shell()
    sys.exit(run(sys.argv[1:]))
