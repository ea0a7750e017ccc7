"""Work: the queue by mode and state, what is to be done, and what was done."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from aws_lambda_powertools.event_handler import Response

from company.brain import Brain
from company.console.paging import paged
from company.console.rendering import page
from company.console.routing import new_routes
from company.console.visit import visit_of

WEEK = timedelta(days=7)
routes = new_routes()


@routes.get("/work")
def _work() -> Response[str]:
    visit = visit_of(routes)
    mode, shows_ended = visit.asked("mode") or None, visit.asked("show") == "ended"
    return page(
        visit,
        "work.html.j2",
        counts=visit.brain.all("console_task_counts", since=visit.now - WEEK),
        mode=mode,
        shows_ended=shows_ended,
        **paged(visit, partial(_ended if shows_ended else _open, visit.brain, mode)),
    )


def _open(brain: Brain, mode: str | None, **part: object) -> Sequence[Any]:
    return brain.all("console_open_tasks", mode=mode, **part)


def _ended(brain: Brain, mode: str | None, **part: object) -> Sequence[Any]:
    return brain.all("console_ended_tasks", mode=mode, **part)
