"""A day on the desk that ends as each does, at 07:00 after its brief, and begins later than at 07:00.

From 18:00 on the managers have both their hours, and everybody else who works by day has one: what a whole day proves
by its night, its shifts and its brief takes half the fires.
"""

import subprocess

from tests.support.checkouts import Checkout

WHOLE, FROM_THE_EVENING = 24, 13
"""Hours of a day up to 07:00."""
COMMAND = """
import sys
from datetime import time
from watchbill.days import options
options.MORNING = time(int(sys.argv.pop(1)))
from watchbill.cli import main
main()
"""


def day_of(checkout: Checkout, hours: int, *arguments: str, env: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """`watchbill day` with these arguments, of so many hours up to 07:00; 8 hours at least."""
    command = ("-c", COMMAND, str((7 - hours) % 24), "day", "--hours", str(hours), *arguments)
    return checkout.python(*command, env=env, seconds=580)
