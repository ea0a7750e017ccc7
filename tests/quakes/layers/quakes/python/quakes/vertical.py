"""An earthquake bulletin: the smallest whole product, from one feed to one customer."""

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from company import vertical as frame
from company.vertical import Page, Parsed, Reject


def parse(body: bytes, _day: date | None = None) -> Parsed:
    """One row is one quake; its id is the observatory's."""
    try:
        document = json.loads(body)
        stamp, quakes = datetime.fromisoformat(document["generated"]), document["quakes"]
    except (ValueError, KeyError, TypeError) as error:
        raise frame.Malformed(f"no bulletin: {error!r}") from error
    read = [_row(number, quake) for number, quake in enumerate(quakes, start=1)]
    return Parsed(stamp, [r for r in read if isinstance(r, tuple)], [r for r in read if isinstance(r, Reject)])


def _row(number: int, quake: dict[str, Any]) -> tuple[Any, ...] | Reject:
    try:
        return (number, str(quake["id"]), float(quake["magnitude"]), str(quake["place"]))
    except (KeyError, ValueError, TypeError) as error:
        return Reject(number, f"no quake: {error!r}", json.dumps(quake))


def write(facts: frame.Facts) -> Page:
    """What is new for one customer, the strongest first."""
    lines = [f"{row['magnitude']:.1f}  {row['place']}" for row in facts.items] or ["The ground was quiet."]
    return Page(f"Quakes {facts.until:%d %b}: {len(facts.items)} new", "\n".join(lines) + "\n", facts.items)


def sample(folder: Path, day: date, days: int) -> None:
    """Four bulletins a day; each adds quakes, one that cannot be and one that nobody can read."""
    (folder / "quakes").mkdir()
    for step in range(4 * days + 8):
        stamp = datetime.combine(day - timedelta(days=1), time(1), UTC) + timedelta(hours=6 * step)
        quakes = [{"id": f"q{n}", "magnitude": 2 + n % 5, "place": f"Trench {n % 7}"} for n in range(200 + 9 * step)]
        odd = [{"id": f"odd{step}", "magnitude": 12.5, "place": "Nowhere"}, {"id": f"cut{step}", "place": "Reef"}]
        text = json.dumps({"generated": stamp.isoformat(), "quakes": quakes + odd})
        (folder / "quakes" / f"bulletin-{step}.json").write_text(text, encoding="utf-8")


ROUTE = frame.Route("/day.json", "application/json")
VERTICAL = frame.Vertical(
    name="quakes",
    title="Quakes",
    product="# Quakes\n\nA bulletin of earthquakes. One row is one quake. Its score is its magnitude.\n",
    sources=(frame.Source("quakes", ("https://quakes.invalid/day.json",), parse, ROUTE),),
    checks=(frame.Check("magnitude_is_possible", "quakes", "check_magnitude"),),
    scores=frame.Scores("1", (frame.Part("magnitude", 1, "its magnitude, of ten"),), "quakes.features"),
    deliveries=frame.Deliveries(items="new_quakes", write=write),
    customers=(frame.Customer("Harbour Office", "duty@harbour.invalid", "brief", {"at_least": 5}),),
    sample=sample,
)
