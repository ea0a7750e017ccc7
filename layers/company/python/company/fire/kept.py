"""What a role keeps: from fire to fire while its container is warm, where it is lost at any time; or for one fire."""

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Kept:
    """At most one value of each kind."""

    def __init__(self) -> None:
        self._values: dict[type, object] = {}

    def get(self, kind: type[T]) -> T | None:
        value = self._values.get(kind)
        return value if isinstance(value, kind) else None

    def keep(self, value: object) -> None:
        self._values[type(value)] = value

    def get_or_make(self, kind: type[T], make: Callable[[], T]) -> T:
        """The value of this kind; the first time it is made."""
        value = self.get(kind)
        if value is None:
            value = make()
            self.keep(value)
        return value

    def forget(self, kind: type) -> None:
        self._values.pop(kind, None)
