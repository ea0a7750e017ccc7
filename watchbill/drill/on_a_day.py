"""The faults that `day --plant` plants: one of the drill's each, marked as planted in the brain and never healed."""

from watchbill.drill.fault import Fault
from watchbill.drill.registry import FAULTS
from watchbill.errors import DeskError, UsageError


def chosen(names: tuple[str, ...] | None, *, live: bool, recorded: bool) -> list[Fault]:
    """The faults of a day: the named ones, or those of the demo; DeskError for an unknown or impossible one."""
    demo = () if live else ("mute",) if recorded else ("stale", "mute")
    wanted = demo if names is None else names
    require_known(wanted)
    of_feeds = [name for name in wanted if FAULTS[name].is_of_a_feed]
    if live and of_feeds:
        raise DeskError(f"--live: {', '.join(of_feeds)} cannot be planted in a publisher's own feed.")
    return [FAULTS[name] for name in wanted]


def require_known(names: tuple[str, ...]) -> None:
    """UsageError that lists the faults there are."""
    unknown = [name for name in names if name not in FAULTS]
    if unknown:
        raise UsageError(f"{', '.join(unknown)}: unknown fault. Known: {', '.join(FAULTS)}.")
