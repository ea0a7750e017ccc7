"""By which way a source is asked: its publisher first, then its mirrors, then both
through the owner's proxies, and none that has failed again and again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from company.fire.fire import Fire
from company.pipeline.raw import FeedRequest
from company.vertical.feeds import DATE, EDITION, NEWEST, Releases, Source, dates_wanted, hours_wanted
from company.wording import time_of_day

DAY = timedelta(days=1)
VIA = " via proxy "


@dataclass(frozen=True)
class OpenRoute:
    """One route that may be asked now, its address, and why it is this one's turn."""

    route: str
    url: str
    choice: str


def known_routes(fire: Fire, source: Source) -> list[tuple[str, str]]:
    """All routes of a source, best first: the direct ways, then the same addresses through each of FEED_PROXIES.

    An address set by FEED_<SOURCE>_URL stands alone: no other address is asked.
    """
    override = fire.settings.feeds.get(source.name)
    urls = (override,) if override else source.urls
    direct = list(zip(["primary", *(f"fallback {n}" for n in range(1, len(urls)))], urls, strict=True))
    proxies = range(1, len(fire.settings.feed_proxies) + 1)
    return direct + [(f"{route}{VIA}{n}", url) for n in proxies for route, url in direct]


def proxy_of(fire: Fire, route: str) -> str | None:
    """The proxy that a route goes through. The route's name has its number only, so that no record has its address."""
    _, via, number = route.partition(VIA)
    return fire.settings.feed_proxies[int(number) - 1] if via else None


def open_routes(fire: Fire, source: Source) -> list[OpenRoute]:
    """The routes whose breakers let a request through, best first."""
    health = {row["route"]: row for row in fire.brain.all("routes_of", source=source.name)}
    ways: list[OpenRoute] = []
    before = ""
    for route, url in known_routes(fire, source):
        state = health.get(route, {}).get("state", "closed")
        if state == "open":
            before = resting(fire, route, health[route])
            continue
        why = (
            f"a trial after {health[route]['failures']} failures"
            if state == "half_open"
            else before or "first in order"
        )
        ways.append(OpenRoute(route, url, why))
        before = before or f"after {route}"
    return ways


def resting(fire: Fire, route: str, health: dict[str, Any]) -> str:
    """'primary rests until 14:05 after 3 failures', in the owner's time zone."""
    until = time_of_day(health["open_until"], ZoneInfo(fire.settings.owner_timezone))
    return f"{route} rests until {until} after {health['failures']} failures"


def no_open_route(fire: Fire, source: Source) -> str:
    """Why no route is asked at all."""
    rows = fire.brain.all("routes_of", source=source.name)
    return "; ".join(resting(fire, row["route"], row) for row in rows if row["state"] == "open")


def expected_from(fire: Fire, source: Source) -> str:
    """The time of day from which the edition of the day can be there, in the owner's time zone: '15:00'."""
    published = datetime.combine(fire.now.date(), source.published_from, UTC)
    return time_of_day(published, ZoneInfo(fire.settings.owner_timezone))


def steps(fire: Fire, source: Source, ways: list[OpenRoute]) -> Iterator[list[FeedRequest]]:
    """What to ask now: each step is one edition, or one of several that will do, by every way, until one answers.

    Read them one by one: what the first brought decides what there is to ask after it.
    """
    newest = fire.brain.value("newest_edition", source=source.name)
    if source.releases is not None and any(EDITION in way.url for way in ways):
        yield from _releases(source, source.releases, fire, ways, newest)
    elif source.is_dated:
        yield list(_dated(source, fire, ways, newest))
    elif source.pages is not None:
        yield [FeedRequest(source.pages.first(w.url, newest, fire.now), w.route, choice=w.choice) for w in ways]
    else:
        yield [FeedRequest(way.url, way.route, choice=way.choice) for way in ways]


def _dated(source: Source, fire: Fire, ways: list[OpenRoute], newest: Any) -> Iterator[FeedRequest]:
    """Each day that we lack, the newest first; with nothing in hand whichever is the newest."""
    if newest is None:
        yield from (FeedRequest(way.url.replace(DATE, NEWEST), way.route, choice=way.choice) for way in ways)
        return
    for day in dates_wanted(source, fire.now, newest):
        yield from requests_for_day(ways, day)


def requests_for_day(ways: list[OpenRoute], day: date) -> Iterator[FeedRequest]:
    """A dated source's edition of one day, by every way."""
    for way in ways:
        yield FeedRequest(way.url.replace(DATE, day.isoformat()), way.route, day, way.choice, names_edition=True)


def _releases(
    source: Source, releases: Releases, fire: Fire, ways: list[OpenRoute], newest: Any
) -> Iterator[list[FeedRequest]]:
    """The whole one for who has nothing or fell too far behind; then each hour's changes in their order."""
    if newest is None or fire.now - newest > releases.whole_after:
        names = [releases.name_whole(day) for day in (fire.now.date(), fire.now.date() - DAY)]
        yield [_named(way, name) for name in names for way in ways]
        newest = fire.brain.value("newest_edition", source=source.name)
    if newest is None:
        return
    for hour in hours_wanted(releases, fire.now, newest):
        yield [_named(way, releases.name_part(hour)) for way in ways]


def _named(way: OpenRoute, name: str) -> FeedRequest:
    return FeedRequest(way.url.replace(EDITION, name), way.route, choice=way.choice, names_edition=True)
