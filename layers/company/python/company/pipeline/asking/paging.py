"""Reads an answer of many pages whose entries move while it is read, and knows whether all of them have come.

What is changed during the pull leaves the window, and the entries after it move up, one of them from a page that is
still to come into one that was read. So an answer counts as whole only when every page states the same number of
entries and as many different ones have come. Only then does it move the mark from which the next pull begins.
"""

import time

from company.fire.fire import Fire
from company.pipeline.asking.fetch import SourceRequest
from company.pipeline.asking.requests import ask
from company.pipeline.asking.scrape_run import Pull, ScrapeRun
from company.vertical.feeds import Source
from company.vertical.paged import Pages

CAME = ("new", "unchanged")
TRIES = 2
SHORT = 1.5
"""How much longer than the last request the next ones may take before this fire has no time for them."""


def ask_pages(fire: Fire, source: Source, pages: Pages, first: SourceRequest, run: ScrapeRun) -> None:
    """Asks for the pages after the first, and for all of them once more when entries moved meanwhile.

    What came is staged in any case. The note of the run says when it was not all, and from when it is asked again.
    """
    url = _one_that_fits(fire, source, pages, first, run)
    for attempt in range(TRIES):
        if attempt == 0 or _begin(fire, source, first, url, run):
            _ask_the_rest(fire, source, pages, first, url, run)
        if run.pull.is_whole:
            return
    begin, _ = pages.window(url)
    run.notes.append(
        f"{source.name}: {run.pull.describe()}; what changed since {begin:%Y-%m-%d %H:%M}Z is asked for again"
    )


def _ask_the_rest(fire: Fire, source: Source, pages: Pages, first: SourceRequest, url: str, run: ScrapeRun) -> None:
    for _ in range(pages.most):
        following = pages.following(url, run.body)
        if following is None or _ask_page(fire, source, first, following, run) not in CAME:
            return


def _one_that_fits(fire: Fire, source: Source, pages: Pages, first: SourceRequest, run: ScrapeRun) -> str:
    """The window, or the first part of it whose pages this fire has time for: what time cuts off would begin anew."""
    url = first.url
    while pages.total(run.body) > pages.per_page * _pages_in_time(fire, source, pages, run):
        halves = pages.halves(url)
        if halves is None:
            return url
        # Where the earlier half is empty, all is in the later one.
        came = next((half for half in halves if _begin(fire, source, first, half, run)), None)
        if came is None:
            return url
        url = came
    return url


def _pages_in_time(fire: Fire, source: Source, pages: Pages, run: ScrapeRun) -> int:
    each = SHORT * run.seconds + _pause(fire, source)
    return max(1, min(pages.most, int(fire.budget.seconds_left() / each) if each else pages.most))


def _begin(fire: Fire, source: Source, first: SourceRequest, url: str, run: ScrapeRun) -> bool:
    """Asks for a first page; whether it came."""
    run.pull = Pull()
    return _ask_page(fire, source, first, url, run) in CAME


def _ask_page(fire: Fire, source: Source, first: SourceRequest, url: str, run: ScrapeRun) -> str:
    fire.budget.require_time()
    # The publisher's pause is between two requests: while it lasts, the page before was stored and staged.
    time.sleep(max(0.0, run.ended_at + _pause(fire, source) - time.monotonic()))
    return ask(fire, source, SourceRequest(url, first.route, choice="the next page"), run)


def _pause(fire: Fire, source: Source) -> float:
    """What the publisher asks for between two requests; another address for the feed is the owner's own."""
    return 0.0 if source.name in fire.settings.feeds else source.pause_seconds
