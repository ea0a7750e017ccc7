"""Where the time of a simulated day goes: `python -m bench.day_time PICTURE.svg` runs one and draws it.

The steps are those that the day says; what a fire took is in its function's own REPORT line, as on AWS.
"""

import json
import re
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Annotated

import typer

from watchbill.cli.commands.day import options_of
from watchbill.cloud.seal import seal
from watchbill.days.day import Progress, run_day
from watchbill.home import last_day, snapshot_folder
from watchbill.sample_week import FIRST_DAY

REPORT = re.compile(r"^REPORT .*?Duration: ([\d.]+) ms")
COLD = "Init Duration"
PLAYED = "firing every schedule"
NAMED = 12
"""Roles with a bar of their own; the others share one."""
WIDTH, ROW, LEFT = 760, 22, 300


@dataclass(frozen=True)
class TimeBar:
    """Seconds of a part; first: of them, those of the first fire of each process."""

    name: str
    seconds: float
    first: float = 0.0


@dataclass(frozen=True)
class RoleTime:
    """How often a role fired, and the seconds of its fires and of the first one."""

    role: str
    fires: int
    seconds: float
    first: float


def main(
    picture: Annotated[Path, typer.Argument(help="Where the picture is written.")],
    days: Annotated[int, typer.Option(min=1, help="How many days.")] = 1,
) -> None:
    """Runs the day, prints its parts and draws them."""
    seal()
    options = options_of(FIRST_DAY.isoformat(), None, calm=False, plant=[], days=days)
    began, steps = time.monotonic(), list[tuple[str, float]]()

    def note(progress: Progress) -> None:
        if progress.step:
            steps.append((progress.step, time.monotonic() - began))

    report = run_day(options, note)
    steps.append(("", time.monotonic() - began))
    company = last_day(options.home).company
    bars = list(_bars(steps, list(_roles(snapshot_folder(options.home, company)))))
    title = f"{report.fires} fires in {report.wall_seconds:.1f} s, of it set-up {report.setup_seconds:.1f} s"
    picture.write_text(_drawn(title, bars), encoding="utf-8")
    print(title, *(f"{bar.seconds:7.2f} s  {bar.name}" for bar in bars), sep="\n")


def _roles(snapshot: Path) -> Iterator[RoleTime]:
    """From the log lines that the day kept; the longest first."""
    found: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for line in (snapshot / "logs.json").read_text(encoding="utf-8").splitlines():
        stream = json.loads(line)
        reports = [one for _, text in stream["lines"] if (one := REPORT.match(text))]
        role = stream["group"].rsplit("/", 1)[-1]
        found[role] += [(float(one[1]) / 1000, COLD in one.string) for one in reports]
    for role, fires in sorted(found.items(), key=lambda one: -sum(seconds for seconds, _ in one[1])):
        seconds, first = sum(one for one, _ in fires), sum(one for one, is_first in fires if is_first)
        yield RoleTime(role, len(fires), seconds, first)


def _bars(steps: Sequence[tuple[str, float]], roles: Sequence[RoleTime]) -> Iterator[TimeBar]:
    """Each step; the day itself by its roles, and what lies between their fires. migrate belongs to set-up."""
    fired = [role for role in roles if role.role != "migrate"]
    for (name, at), (_, until) in zip(steps, steps[1:], strict=False):
        if not name.startswith(PLAYED):
            yield TimeBar(name.partition(":")[0], until - at)
            continue
        for role in fired[:NAMED]:
            yield TimeBar(f"{role.role}, {role.fires} fires", role.seconds, role.first)
        rest = fired[NAMED:]
        named = f"{len(rest)} other roles, {sum(role.fires for role in rest)} fires"
        yield TimeBar(named, sum(role.seconds for role in rest), sum(role.first for role in rest))
        yield TimeBar("between the fires", until - at - sum(role.seconds for role in fired))


def _drawn(title: str, bars: Sequence[TimeBar]) -> str:
    longest = max(bar.seconds for bar in bars)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 80} {ROW * (len(bars) + 3)}" role="img"',
        f'  aria-label="{escape(title)}">',
        "  <style>text { font: 12px ui-sans-serif, system-ui, sans-serif; fill: #333 }</style>",
        '  <rect width="100%" height="100%" fill="#fff"/>',
        f'  <text x="10" y="{ROW - 6}">{escape(title)}; dark: the first fire of each process</text>',
    ]
    for n, bar in enumerate(bars, start=1):
        top = ROW * n + 8
        whole, first = (round(WIDTH * seconds / longest, 1) for seconds in (bar.seconds, bar.first))
        lines += [
            f'  <text x="{LEFT - 8}" y="{top + 14}" text-anchor="end">{escape(bar.name)}</text>',
            f'  <rect x="{LEFT}" y="{top}" width="{whole}" height="16" fill="#8a9ba8"/>',
            f'  <rect x="{LEFT}" y="{top}" width="{first}" height="16" fill="#4a5b68"/>',
            f'  <text x="{LEFT + whole + 6}" y="{top + 14}">{bar.seconds:.2f} s</text>',
        ]
    return "\n".join([*lines, "</svg>", ""])


if __name__ == "__main__":
    typer.run(main)
