"""Notices that the brain went back, by the mark outside it, and keeps it from sending what has left already."""

from datetime import datetime

from company.fire.fire import Fire
from company.owner.marks import LeftAct, left_since, marked_beat, went_back
from company.text.wording import counted, duration_text, join_first
from company.watch.findings import open_finding

MOST_NAMED = 3
MOST_LISTED = 200


def report(fire: Fire) -> int:
    """Where the brain went back since the last mark, the owner is alerted, and all that would leave is asked for.

    Gives how many slots were withdrawn: those of the time that is gone, of which nobody knows whether they fired.
    """
    marked_at = marked_beat(fire)
    if marked_at is None or not went_back(fire, marked_at):
        return 0
    last: datetime | None = fire.brain.value("last_beat")
    left = left_since(fire, last or datetime.min.replace(tzinfo=marked_at.tzinfo))
    with fire.brain.transaction():
        fire.brain.run("hold_outward_acts")
        withdrawn: int = fire.brain.value("withdraw_gap", until=marked_at)
        opened = open_finding(
            fire.brain,
            fingerprint=f"went_back:{marked_at:%Y-%m-%dT%H:%M}",
            kind="brain_went_back",
            subject="brain",
            level="ring",
            title=_title(last, marked_at, left),
            effect="nothing is sent until you say so: watchbill approvals",
            evidence={"brain": last and last.isoformat(), "mark": marked_at.isoformat(), "left": _listed(left)},
            accused=None,
            watcher="ceo",
        )
    fire.learn("went_back", f"the brain went back to before {marked_at}", finding_id=opened.finding_id)
    return withdrawn


def _title(last: datetime | None, marked_at: datetime, left: list[LeftAct]) -> str:
    gone = duration_text(marked_at - last) if last else "all"
    named = f": {join_first([f'{act.action} to {act.to_whom}' for act in left], MOST_NAMED)}" if left else ""
    return f"the brain went back, {gone} of it are gone; {counted(len(left), 'act')} left the company meanwhile{named}"


def _listed(left: list[LeftAct]) -> list[str]:
    return [f"{act.at} {act.action} to {act.to_whom}: {act.subject}" for act in left[:MOST_LISTED]]
