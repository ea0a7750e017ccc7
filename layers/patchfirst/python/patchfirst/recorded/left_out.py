"""What was left out and why: each reason once, with some names and the number of the others."""

from collections.abc import Iterator

NAMES_SHOWN = 3
MOST_REASONS = 20


class LeftOut:
    """Collects the files that are not read, by reason."""

    def __init__(self) -> None:
        self._names: dict[str, list[str]] = {}

    def add(self, name: object, reason: str) -> None:
        """One file, or one folder."""
        self._names.setdefault(reason, []).append(str(name))

    def lines(self) -> list[str]:
        """One line for each reason; where there are too many reasons, the last line counts the rest."""
        reasons = list(self._names.items())
        lines = [f"{_shown(names)}: left out, {reason}" for reason, names in reasons[:MOST_REASONS]]
        if rest := reasons[MOST_REASONS:]:
            lines.append(f"{sum(len(names) for _, names in rest):,} more: left out, for {len(rest):,} other reasons")
        return lines


def _shown(names: list[str]) -> str:
    return ", ".join(_first(names)) + (f" and {len(names) - NAMES_SHOWN:,} more" if len(names) > NAMES_SHOWN else "")


def _first(names: list[str]) -> Iterator[str]:
    yield from names[:NAMES_SHOWN]
