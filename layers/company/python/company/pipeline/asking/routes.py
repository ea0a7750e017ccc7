"""The routes by which a source is asked: its publisher first, then its mirrors, then both through the owner's proxies.

A route that failed several times in a row rests: its breaker is open.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from company.fire.fire import Fire
from company.pipeline.asking.access import addresses_of
from company.pipeline.asking.fetch import SourceRequest
from company.text.wording import counted, time_near, time_of_day
from company.vertical.feeds import DATE, EDITION, NEWEST, Releases, Source, dates_wanted, hours_wanted

DAY = timedelta(days=1)
VIA = " via proxy "


@dataclass(frozen=True)
class RouteHealth:
    """A route's breaker (closed, open, half_open), its failures in a row, and its last answer."""

    route: str
    state: str
    failures: int
    open_until: datetime | None
    last_asked_at: datetime | None
    last_success_at: datetime | None
    last_result: str | None
    last_status: int | None
    last_ms: int | None


@dataclass(frozen=True)
class OpenRoute:
    """A route that may be asked now, its address, and why it is its turn."""

    route: str
    url: str
    choice: str


def known_routes(fire: Fire, source: Source) -> list[tuple[str, str]]:
    """All routes of a source, best first: the direct ones, then the same addresses through each of FEED_PROXIES.

    Addresses set by FEED_<SOURCE>_URL replace all others.
    """
    urls = addresses_of(fire, source)
    names = [f"document {n}" for n in range(1, 1 + len(urls))]
    if not source.has_many_documents:
        names = ["primary", *(f"fallback {n}" for n in range(1, len(urls)))]
    direct = list(zip(names, urls, strict=True))
    proxies = range(1, len(fire.settings.feed_proxies) + 1)
    return direct + [(f"{route}{VIA}{n}", url) for n in proxies for route, url in direct]


def proxy_of(fire: Fire, route: str) -> str | None:
    """The proxy that a route goes through. The route's name has its number only, so that no record has its address."""
    _, via, number = route.partition(VIA)
    return fire.settings.feed_proxies[int(number) - 1] if via else None


def open_routes(fire: Fire, source: Source) -> list[OpenRoute]:
    """The routes whose breakers let a request through, best first."""
    health = {route.route: route for route in fire.brain.rows(RouteHealth, "routes_of", source=source.name)}
    found: list[OpenRoute] = []
    before = ""
    for name, url in known_routes(fire, source):
        route = health.get(name)
        if route is not None and route.state == "open":
            before = _describe_resting(fire, route)
            continue
        found.append(OpenRoute(name, url, _choice(route, before)))
        before = before or f"after {name}"
    return found


def describe_resting_routes(fire: Fire, source: Source) -> str:
    """Why no route is asked at all: 'primary rests until 14:05 after 3 failures; fallback 1 ...'."""
    routes = fire.brain.rows(RouteHealth, "routes_of", source=source.name)
    return "; ".join(_describe_resting(fire, route) for route in routes if route.state == "open")


def expected_from(fire: Fire, source: Source) -> str:
    """The time of day from which the day's edition can be there, in the owner's time zone: '15:00'."""
    published = datetime.combine(fire.now.date(), source.published_from, UTC)
    return time_of_day(published, ZoneInfo(fire.settings.owner_timezone))


def planned_requests(fire: Fire, source: Source, routes: list[OpenRoute]) -> Iterator[list[SourceRequest]]:
    """What to ask now: each list is one edition (or one of several that will do) by every route, in order.

    Take them one by one: what the first list brought decides what there is to ask after it.
    """
    newest = fire.brain.value("newest_edition", source=source.name)
    if source.releases is not None and any(EDITION in route.url for route in routes):
        yield from _release_requests(source, source.releases, fire, routes, newest)
    elif source.is_dated:
        yield list(_dated_requests(source, fire, routes, newest))
    elif source.pages is not None:
        yield [SourceRequest(source.pages.first(r.url, newest, fire.now), r.route, choice=r.choice) for r in routes]
        if newest is not None and fire.brain.value("newest_edition", source=source.name) != newest:
            yield [SourceRequest(source.pages.again(r.url, fire.now), r.route, choice=r.choice) for r in routes]
    elif source.has_many_documents:
        for url in dict.fromkeys(route.url for route in routes):
            yield [SourceRequest(url, r.route, choice=r.choice) for r in routes if r.url == url]
    else:
        yield [SourceRequest(route.url, route.route, choice=route.choice) for route in routes]


def requests_for_day(routes: list[OpenRoute], day: date) -> Iterator[SourceRequest]:
    """A dated source's edition of one day, by every route."""
    for route in routes:
        url = route.url.replace(DATE, day.isoformat())
        yield SourceRequest(url, route.route, day, route.choice, names_edition=True)


def _choice(route: RouteHealth | None, before: str) -> str:
    if route is not None and route.state == "half_open":
        return f"a trial after {counted(route.failures, 'failure')}"
    return before or "first in order"


def _describe_resting(fire: Fire, route: RouteHealth) -> str:
    zone = ZoneInfo(fire.settings.owner_timezone)
    until = time_near(route.open_until, zone, fire.now) if route.open_until else "later"
    return f"{route.route} rests until {until} after {counted(route.failures, 'failure')}"


def _dated_requests(
    source: Source, fire: Fire, routes: list[OpenRoute], newest: datetime | None
) -> Iterator[SourceRequest]:
    """Each day that is missing here, the newest first; without any edition here, the newest that there is."""
    if newest is None:
        for route in routes:
            yield SourceRequest(route.url.replace(DATE, NEWEST), route.route, choice=route.choice)
        return
    for day in dates_wanted(source, fire.now, newest):
        yield from requests_for_day(routes, day)


def _release_requests(
    source: Source, releases: Releases, fire: Fire, routes: list[OpenRoute], newest: datetime | None
) -> Iterator[list[SourceRequest]]:
    """The day's whole release, which shows what no hour had; where nothing is here or too old, also that of the day
    before. Then each hour's changes in their order.
    """
    is_behind = newest is None or fire.now - newest > releases.whole_after
    days = [fire.now.date(), fire.now.date() - DAY] if is_behind else [fire.now.date()]
    if not _is_answered(fire, source, _named_requests(routes, releases.names_whole(fire.now.date()))):
        yield _named_requests(routes, [name for day in days for name in releases.names_whole(day)])
        newest = fire.brain.value("newest_edition", source=source.name)
    if newest is None:
        return
    for hour in hours_wanted(releases, fire.now, newest):
        yield _named_requests(routes, releases.names_part(hour))


def _named_requests(routes: list[OpenRoute], names: list[str]) -> list[SourceRequest]:
    """One release under each of its names, each by every route."""
    return [
        SourceRequest(route.url.replace(EDITION, name), route.route, choice=route.choice, names_edition=True)
        for name in names
        for route in routes
    ]


def _is_answered(fire: Fire, source: Source, requests: list[SourceRequest]) -> bool:
    """Whether one of these requests brought its release before: what has a name of its own does not change."""
    return bool(fire.brain.value("is_answered", source=source.name, urls=[request.url for request in requests]))
