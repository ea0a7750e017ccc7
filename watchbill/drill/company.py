"""The company of a drill: a fresh desk on the week's sample feeds, after what an owner does first."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime

from company.vertical import Vertical, load
from watchbill.cloud.feeds import FeedServer
from watchbill.cloud.loopback import require_loopback
from watchbill.cloud.scheduler import SimulatedClock
from watchbill.days.day import Progress, open_approvals_and_customers
from watchbill.days.ending import keep_company
from watchbill.days.model_run import prepare
from watchbill.days.recordings import editions_in
from watchbill.days.samples import sample_of
from watchbill.desk.desk import Desk, Plan, new_desk
from watchbill.drill.options import DAYS, DrillOptions

OnProgress = Callable[[Progress], None]


@contextmanager
def open_company(
    options: DrillOptions, clock: SimulatedClock, on_progress: OnProgress
) -> Iterator[tuple[Desk, FeedServer]]:
    """The desk and its feeds; at its end the company of the run is the last one, as after a day."""
    require_loopback()
    vertical, begins_at = load(options.vertical), clock.now
    with ExitStack() as stack:
        feeds = stack.enter_context(_feeds(options, vertical, clock, on_progress).serving())
        desk = stack.enter_context(
            new_desk(_plan(options, begins_at), lambda _: feeds.urls(), lambda step: on_progress(Progress(step)))
        )
        desk.set_now(clock.now)
        desk.outages.surviving(
            lambda: open_approvals_and_customers(desk, vertical, uses_model=options.model is not None)
        )
        if options.model:
            prepare(desk, options.model, starts_at=begins_at, ends_at=begins_at)
        yield desk, feeds
        keep_company(desk, date=options.week_starts_at.date(), days=DAYS, ended_at=clock.now, figures={})


def _feeds(options: DrillOptions, vertical: Vertical, clock: SimulatedClock, on_progress: OnProgress) -> FeedServer:
    """The week's sample, also for a drill of one fault: its second day reads what its first one left."""
    folder = sample_of(
        options.home,
        vertical,
        options.week_starts_at.date(),
        days=DAYS + 1,
        report=lambda step: on_progress(Progress(step)),
    )
    return FeedServer(vertical.sources, editions_in(vertical, folder)[0], lambda: clock.now)


def _plan(options: DrillOptions, begins_at: datetime) -> Plan:
    return Plan(
        home=options.home,
        vertical=options.vertical,
        data_kind="a drill on sample data",
        begins_at=begins_at,
        endpoint_url=options.endpoint_url,
        desk_postgres=options.desk_postgres,
        model=options.model,
    )
