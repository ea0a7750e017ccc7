"""Where in the product's code an error came about: the file, the function, the type, and nothing of what it says.

A message may hold what a customer is called (KeyError: 'Alder Bank'); the place and the type never do.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from traceback import walk_tb

UNKNOWN = "another place"


@dataclass(frozen=True)
class CodePlace:
    """file: its path from the root of the code, as a change names it. line: from 1. error: the type's name."""

    file: str
    function: str
    line: int
    error: str

    @property
    def cause(self) -> tuple[str, str, str]:
        """What makes two failures one: lines move with every change."""
        return self.file, self.function, self.error

    def __str__(self) -> str:
        return f"{self.error} in {self.file}, {self.function}"


def place_of(error: Exception, package: str) -> CodePlace:
    """The last line of a package's own code that led to an error."""
    file = getattr(sys.modules.get(package), "__file__", None)
    root = Path(file).parents[1] if file else Path(package)
    found = CodePlace(UNKNOWN, UNKNOWN, 0, type(error).__name__)
    for frame, line in walk_tb(error.__traceback__):
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(root / package):
            function = frame.f_code.co_qualname.partition(".<locals>")[0]
            found = CodePlace(path.relative_to(root).as_posix(), function, line, found.error)
    return found
