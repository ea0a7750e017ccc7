"""Files that a publisher gives only to who has asked where they are."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Ticket:
    """How a publisher answers that gives no file, but the address at which the file is for a while."""

    read: Callable[[bytes], str]
    """The file's address in an answer; Malformed when there is none."""
    write: Callable[[str], bytes]
    """Such an answer, for the desk's server."""
