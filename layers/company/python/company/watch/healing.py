"""Closes findings about schedules that are over. heartbeat closes its own; one that accuses it, its watcher closes.

A finding about many names only those that are not well yet: what goes wrong again later is news.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from company.fire.apart import each
from company.fire.fire import Fire
from company.text.wording import duration_text
from company.watch.findings import close_finding
from company.watch.many import title_of_many


@dataclass(frozen=True)
class Healed:
    """An open finding with schedules that are all right again (well); it is over when none is left (ill)."""

    id: int
    kind: str
    fingerprint: str
    schedule: str
    schedules: int
    """How many it has named."""
    well: Sequence[str]
    ill: Mapping[str, str | None]
    silent_for: timedelta | None
    is_gone: bool
    """What was late is not deployed any more."""


def close_healed_schedules(fire: Fire) -> int:
    """Closes those that this role may close, with the time that passed without a fire; how many."""
    healed = fire.brain.rows(Healed, "healed_schedules")
    return sum(each(fire, "healed findings", healed, partial(_close, fire), name=lambda finding: f"F-{finding.id}"))


def _close(fire: Fire, finding: Healed) -> bool:
    if finding.ill:
        title = title_of_many(finding.kind, finding.ill)
        fire.brain.run("leave_finding", finding_id=finding.id, schedules=list(finding.well), title=title)
        return False
    return close_finding(fire.brain, finding.id, _resolution(finding))


def _resolution(finding: Healed) -> str:
    whose = finding.schedule if finding.schedules == 1 else f"all {finding.schedules}"
    if finding.is_gone:
        return f"{whose}: not deployed any more"
    if finding.kind == "unexpected":
        return f"{whose} fired only when it was due for an hour"
    if finding.kind not in ("missed", "failed", "deaf", "lost_retry", "held_up"):
        return f"{whose} deployed as published again"
    silence = "" if finding.silent_for is None else f" after {duration_text(finding.silent_for)} of silence"
    return f"{whose} worked again{silence}"
