"""What a role keeps from fire to fire while its container is warm. It is lost with the container, at any time."""

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

    def forget(self, kind: type) -> None:
        self._values.pop(kind, None)
