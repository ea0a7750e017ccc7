"""Ctrl-C, SIGTERM, and SIGHUP of a closed terminal end a command in order: what it opened is closed first.

While it closes, further ones are ignored. Only SIGKILL ends it at once; then the next start cleans up.
"""

import signal
from types import FrameType

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Ended(BaseException):
    """A signal asked the command to end; code is what a shell reports for it.

    Not a KeyboardInterrupt: Typer would turn that into an exit without a word.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self.code = 128 + number


def end_on_signals() -> None:
    """From now on such a signal raises an error, once. One that the caller set to be ignored stays so (nohup)."""
    for number in ENDING:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _end)


def _end(number: int, _: FrameType | None) -> None:
    for other in ENDING:
        signal.signal(other, signal.SIG_IGN)
    raise Ended(number)
