"""One backtest: evidence in, orders out, each measured against what happened."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from company.brain import Brain
from company.json_values import JsonObject
from company.vertical import Scores, Vertical
from company.vertical.backtest import Backtest
from watchbill.backtest.evidence import Evidence, find_evidence, read_edition, read_history
from watchbill.backtest.measures import Measure, by_chance, measure
from watchbill.backtest.scratch_brain import LoadedSource, Report, load_editions, scratch_brain
from watchbill.backtest.weights import Weights
from watchbill.errors import DeskError

OURS = "composite"
CHANCE = "random"


@dataclass(frozen=True)
class BacktestOptions:
    """What to try: the day, how many days after it count, the folder with the editions, and other weights."""

    home: Path
    desk_postgres: str | None
    day: date
    horizon: int
    folder: Path
    also: Weights | None = None


@dataclass(frozen=True)
class Candidate:
    """What could still happen on the day, with the parts of its score and the values of the rivals."""

    entity: str
    parts: Sequence[float | None]
    rivals: Mapping[str, float | None]


@dataclass(frozen=True)
class KnownThen:
    """The evidence of a day, what it makes of each candidate, and what happened afterwards."""

    evidence: Evidence
    loaded: tuple[LoadedSource, ...]
    candidates: Sequence[Candidate]
    outcomes: frozenset[str]
    history_column: int


@dataclass(frozen=True)
class Order:
    """One order and how it did; measured is None where it could not be made, and the note says why."""

    name: str
    title: str
    measured: Measure | None
    note: str = ""


@dataclass(frozen=True)
class BacktestReport:
    """The figures of one backtest."""

    day: date
    horizon: int
    candidates: int
    outcomes: int
    among_candidates: int
    without_evidence: int
    orders: tuple[Order, ...]
    weights: Weights
    sources: tuple[LoadedSource, ...]
    notes: tuple[str, ...]


def run_backtest(options: BacktestOptions, vertical: Vertical, report: Report) -> BacktestReport:
    """Tries the product's order on a day; DeskError says which recorded edition is missing."""
    plan, scores = vertical.backtest, vertical.scores
    if plan is None or scores is None:
        raise DeskError(f"{vertical.title} has no backtest.")
    also = options.also.in_order_of(scores) if options.also else None
    then = what_was_known(options, vertical, plan, report)
    report("comparing with what happened")
    own = _own_orders(then.candidates, then.outcomes, scores, also)
    rivals = _rivals(vertical, plan, then.evidence, then.candidates, then.outcomes, options.day, then.history_column)
    found = len({c.entity for c in then.candidates} & then.outcomes)
    return BacktestReport(
        day=options.day,
        horizon=options.horizon,
        candidates=len(then.candidates),
        outcomes=len(then.outcomes),
        among_candidates=found,
        without_evidence=len(then.outcomes) - found,
        orders=(*own, *rivals, Order(CHANCE, "by chance", by_chance(len(then.candidates), found))),
        weights=Weights.of(scores),
        sources=then.loaded,
        notes=then.evidence.notes,
    )


def what_was_known(options: BacktestOptions, vertical: Vertical, plan: Backtest, report: Report) -> KnownThen:
    """The candidates with their parts as of the day, and what happened to them after it."""
    report("reading what was known on that day")
    evidence = find_evidence(vertical, plan, options.folder, options.day, options.horizon)
    with scratch_brain(options.home, options.desk_postgres, vertical, options.day, report) as brain:
        report("loading the evidence")
        loaded = load_editions(brain, vertical, evidence, plan.own_dates, options.day)
        report("ordering the candidates")
        return KnownThen(
            evidence,
            tuple(loaded),
            _candidates(brain, plan),
            frozenset(_outcomes(brain, vertical, plan, evidence, options)),
            _place_of(brain, *plan.history),
        )


def _candidates(brain: Brain, plan: Backtest) -> list[Candidate]:
    names = [rival.column for rival in plan.rivals if rival.column]
    return [
        Candidate(row["entity"], row["parts"], {name: row[name] for name in names})
        for row in brain.all(plan.candidates)
    ]


def _outcomes(
    brain: Brain, vertical: Vertical, plan: Backtest, evidence: Evidence, options: BacktestOptions
) -> set[str]:
    """What happened after the day and within the horizon, by the dates in the later edition."""
    source, column = plan.outcomes
    place = _place_of(brain, source, column)
    last = options.day + timedelta(days=options.horizon)
    rows = read_edition(vertical, evidence.later).rows
    dated = ((str(row[1]), row[place]) for row in rows)
    return {entity for entity, at in dated if isinstance(at, date) and options.day < at <= last}


def _place_of(brain: Brain, source: str, column: str) -> int:
    """Where a staged row has a column: after its number come its key and its values."""
    columns: Sequence[str] = brain.all("stream_columns", source=source)[0]["columns"]
    return 1 + list(columns).index(column)


def _own_orders(
    candidates: Sequence[Candidate], outcomes: Collection[str], scores: Scores, also: Weights | None
) -> list[Order]:
    tried = [(OURS, f"our order, weights {scores.version}", Weights.of(scores))]
    tried += [("also", f"the same parts, weights {also.version}", also)] if also else []
    return [
        Order(name, title, _measured({c.entity: weights.add_up(c.parts) for c in candidates}, candidates, outcomes))
        for name, title, weights in tried
    ]


def _rivals(
    vertical: Vertical,
    plan: Backtest,
    evidence: Evidence,
    candidates: Sequence[Candidate],
    outcomes: Collection[str],
    day: date,
    place: int,
) -> list[Order]:
    orders = []
    history = read_history(vertical, evidence.history, place)
    for rival in plan.rivals:
        note = ""
        if rival.from_history:
            values, note = rival.from_history(history, day)
        else:
            values = {c.entity: v for c in candidates if (v := c.rivals[rival.column]) is not None}
            note = "" if values else "no source gave it by that day"
        orders.append(Order(rival.name, rival.title, _measured(values, candidates, outcomes) if values else None, note))
    return orders


def _measured(values: Mapping[str, float], candidates: Sequence[Candidate], outcomes: Collection[str]) -> Measure:
    among = {c.entity for c in candidates}
    known = {entity: value for entity, value in values.items() if entity in among}
    return measure(known, len(among), [entity for entity in outcomes if entity in among])


def backtest_figures(report: BacktestReport) -> JsonObject:
    """The figures under the names that other tools read."""
    return {
        "date": report.day.isoformat(),
        "horizon": report.horizon,
        "candidates": report.candidates,
        "labels": report.outcomes,
        "scored": report.among_candidates,
        "coverage": report.among_candidates / report.outcomes if report.outcomes else None,
        "hits": {order.name: _hits(order) for order in report.orders},
        "median_rank": {o.name: o.measured.median_place if o.measured else None for o in report.orders},
        "weights": {"version": report.weights.version, **report.weights.by_part},
        "sources": [vars(source) for source in report.sources],
        "notes": [*report.notes, *(f"{order.title}: {order.note}" for order in report.orders if order.note)],
    }


def _hits(order: Order) -> JsonObject | None:
    return {str(depth): round(hits, 2) for depth, hits in order.measured.hits.items()} if order.measured else None
