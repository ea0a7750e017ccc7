"""What was left out and why: each reason once, with some names and the number of the others."""

from pathlib import Path

from company.text.wording import counted

NAMES_SHOWN = 3
MOST_REASONS = 20


class LeftOut:
    """Collects the files that are not read, by reason. They are named as they are below the folder that was given."""

    def __init__(self, place: Path) -> None:
        self._below = f"{place}/"
        self._names: dict[str, list[str]] = {}

    def add(self, name: object, reason: str) -> None:
        """One file, or one folder."""
        self._names.setdefault(reason, []).append(str(name).removeprefix(self._below))

    def lines(self) -> list[str]:
        """One line for each reason; where there are too many reasons, the last line counts the rest."""
        reasons = list(self._names.items())
        lines = [f"{_shown(names)}: left out, {reason}" for reason, names in reasons[:MOST_REASONS]]
        if rest := reasons[MOST_REASONS:]:
            lines.append(
                f"{sum(len(names) for _, names in rest):,} more: left out, for {counted(len(rest), 'other reason')}"
            )
        return lines


def _shown(names: list[str]) -> str:
    more = f" and {len(names) - NAMES_SHOWN:,} more" if len(names) > NAMES_SHOWN else ""
    return ", ".join(names[:NAMES_SHOWN]) + more
