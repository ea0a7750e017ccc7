"""The title of one finding about many schedules, for who opens it and for who takes from it what is well again."""

from collections.abc import Mapping

from company.text.wording import join_first

NAMED = 3
WORDING = {
    "muted": "are DISABLED in EventBridge, not by their records",
    "gone": "are gone from EventBridge, not by their records",
    "differs": "do not fire as their records say",
    "unreadable": "are deployed with expressions that cannot be read",
    "missed": "did not fire when they were due",
    "failed": "failed in the same way",
}


def title_of_many(kind: str, lines: Mapping[str, object]) -> str:
    """'4 schedules did not fire when they were due: a, b, c and 1 more'; the line of the last one that is left."""
    names = sorted(lines)
    if len(names) == 1:
        return str(lines[names[0]])
    return f"{len(names)} schedules {WORDING[kind]}: {join_first(names, NAMED)}"
