"""Judges a week with kills beside one without: nothing lost or done twice, the same data, nobody accused in the end."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from random import Random

from company.json_values import JsonObject
from watchbill.drill.company import OnProgress
from watchbill.drill.evidence import DrillRows
from watchbill.drill.kills.figures import WeekFigures, differences
from watchbill.drill.kills.killer import FIRST, Kill, draw
from watchbill.drill.kills.week import WeekWithKills, calm_figures, run_week
from watchbill.drill.options import DAYS, DrillOptions


@dataclass(frozen=True)
class KillsVerdict:
    """accused: by findings at the end. differs: what the tables hold otherwise. lost: without an end, or done twice."""

    kills: Sequence[Kill]
    fires: int
    closed: int
    accused: Sequence[str]
    differs: Sequence[str]
    lost: Sequence[str]

    @property
    def ok(self) -> bool:
        return not (self.accused or self.differs or self.lost)

    def as_json(self) -> JsonObject:
        """With the keys of every drill."""
        return {
            "ok": self.ok,
            "faults": [],
            "kills": [asdict(kill) for kill in self.kills],
            "findings_closed": self.closed,
            "false_alarms": list(self.accused),
            "differs": list(self.differs),
            "lost": list(self.lost),
            "fires": self.fires,
        }

    def as_text(self) -> str:
        hit = ", ".join(f"{sum(kill.victim == one for kill in self.kills)} of a {one}" for one in FIRST)
        in_work = sum(kill.is_in_mid_work for kill in self.kills)
        sections = [
            ("false alarms", self.accused), ("things lost ", self.lost), ("differs     ", self.differs)
        ]  # fmt: skip
        listed = [
            line for name, things in sections for line in (f"{name} {len(things)}", *(f"  {one}" for one in things))
        ]
        return "\n".join([
            f"kills        {len(self.kills)} in {self.fires} fires: {hit}; {in_work} in the middle of the fire's work",
            f"findings     {self.closed} meanwhile are closed",
            *listed,
            f"verdict      {'ok' if self.ok else 'NOT OK'}", "",
        ])  # fmt: skip


def run_kills(options: DrillOptions, kills: int, on_progress: OnProgress) -> KillsVerdict:
    """The week without kills, once for the same code, then the week with them; 0 kills: the first alone."""
    if not kills:
        calm = run_week(options, {}, on_progress)
        return judge_calm(calm.figures)
    figures = calm_figures(options, on_progress)
    # The last day is quiet: a watcher closes what it has not seen again for a day.
    fires = figures.fires * (DAYS - 1) // DAYS
    return judge_kills(figures, run_week(options, draw(kills, fires, Random(options.seed)), on_progress))


def judge_calm(figures: WeekFigures) -> KillsVerdict:
    """A week in which all goes well has no finding and no notice at all."""
    return KillsVerdict([], figures.fires, 0, figures.alarms, [], figures.lost)


def judge_kills(calm: WeekFigures, week: WeekWithKills) -> KillsVerdict:
    return KillsVerdict(
        kills=week.kills,
        fires=week.figures.fires,
        closed=sum(found.closed_at is not None for found in week.rows.findings),
        accused=_still_accused(week.rows),
        differs=differences(calm.holds, week.figures.holds),
        lost=week.figures.lost,
    )


def _still_accused(rows: DrillRows) -> list[str]:
    still = [found for found in rows.findings if found.closed_at is None]
    return [f"{found.name} {found.found_at:%a %H:%M} by {found.found_by}: {found.title}" for found in still]
