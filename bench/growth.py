"""How cost grows: the same acts in a company of some size, of ten times that size, and of a hundred times.

With the size grow the finished tasks, the schedules, their slots, and the rows of the sources.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from bench.bulk import STREAM, EditionWriter
from bench.console import signed_in
from bench.database import BenchDatabase
from bench.measure import Measurement, Median, at_most, seconds
from bench.queue import fill, one_by_one
from bench.scoring import A_YEAR, FILL, forget_code
from bench.watch import ask_of_a_beat, fill_ledgers
from company.brain import Brain
from company.brief import write
from company.brief.facts import BriefOrigin, gather_facts
from company.pipeline.rows.scoring import record_model
from company.vertical import Parsed
from patchfirst.scores import SCORES

SIZES = (1, 10, 100)
TASKS, SCHEDULES, SLOTS_EACH, ROWS = 5_000, 10, 500, 2_000
ROUNDS = 3
CLAIMS = 20
WITHOUT_SIZE = ("claim", "page", "brief")
"""Somebody waits for these: they may not grow. The others grow with what they work through, and two pages with what
they list: every schedule, and everybody."""
FLAT_UNTIL, N_LOG_N = 2, round(100 * math.log(100 * ROWS) / math.log(ROWS))


def growth(database: BenchDatabase) -> Iterator[Measurement]:
    """Each act's time at a hundred times the size, compared with the time at once; the exponent is in its words."""
    taken = [_at(database, size) for size in SIZES]
    for act in taken[0]:
        yield _line(act, [at[act] for at in taken])


def _line(act: str, taken: Sequence[Median]) -> Measurement:
    first, *_, last = taken
    times = ", ".join(f"{size}x {seconds * 1e3:,.1f} ms" for size, seconds in zip(SIZES, taken, strict=True))
    what = f"{act} at 100x | at 1x: {times}; exponent {math.log(last / first) / math.log(SIZES[-1]):.2f}"
    return at_most(f"grow-{act}", what, last, first, limit=FLAT_UNTIL if act in WITHOUT_SIZE else N_LOG_N)


def _at(database: BenchDatabase, size: int) -> Mapping[str, Median]:
    """Seconds of each act in a company of this size, after an unmeasured round."""
    with database.copied() as copy:
        acts = _company(copy, size)
        return {act: Median([seconds(step) for _ in range(ROUNDS + 1)][1:]) for act, step in acts.items()}


def _company(copy: BenchDatabase, size: int) -> Mapping[str, Callable[[], object]]:
    fill(copy.admin, "company.task_queue", TASKS * size, CLAIMS * (ROUNDS + 1))
    fill_ledgers(copy, [f"cron({n % 60} * * * ? *)" for n in range(SCHEDULES * size)], SLOTS_EACH)
    promoting = _promoting(copy, ROWS * size)
    copy.admin.execute(FILL.format(cves=ROWS * size, year=A_YEAR).encode())
    worker, heartbeat, scorer = copy.session("data_worker"), copy.brain("heartbeat"), copy.brain("score")
    record_model(scorer, SCORES)
    page = signed_in(copy)
    return {
        "claim": lambda: one_by_one(worker, CLAIMS),
        "page": lambda: page("/"),
        "schedules": lambda: page("/schedules"),
        "company": lambda: page("/company"),
        "brief": lambda: _brief(copy),
        "beat": lambda: ask_of_a_beat(heartbeat),
        "promote": promoting,
        "score": lambda: _whole_pass(copy.admin, scorer),
    }


def _whole_pass(admin: psycopg.Connection[Any], scorer: Brain) -> None:
    forget_code(admin)
    scorer.one("score_all", version=SCORES.version, features=SCORES.features)


def _brief(copy: BenchDatabase) -> None:
    brain, now = copy.brain("ceo"), datetime.now(UTC)
    origin = BriefOrigin("Bench", ZoneInfo("UTC"), "ceo", now)
    write(gather_facts(brain, origin=origin, brief_date=now.date(), until=now))


def _promoting(copy: BenchDatabase, rows: int) -> Callable[[], object]:
    """Promotes one edition after the other, of which only the first is new."""
    copy.migrator.execute(STREAM.encode())
    lines = "".join(f"{n}\tE-{n:07d}\t{n / rows:.5f}\t0.5\t1\n" for n in range(rows))
    writer, check, promote = EditionWriter(copy.session("scraping_worker")), copy.brain("check"), copy.brain("promote")
    for _ in range(ROUNDS + 1):
        writer.stage(Parsed(datetime.now(UTC), version="1", copy_parts=[lines.encode()]))
        check.run("check_frame", batch=writer.batches[-1])
        check.run("finish_checks", batch=writer.batches[-1])
    waiting = iter(writer.batches)
    return lambda: promote.run("promote_batch", batch=next(waiting))
