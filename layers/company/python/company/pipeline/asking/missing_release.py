"""Reports a day whose whole release never came: what no hour carried is here only with the next one."""

from datetime import UTC, date, datetime, time

from company.fire.fire import Fire
from company.pipeline.asking.freshness import SourceFreshness
from company.pipeline.asking.routes import DAY, known_routes
from company.vertical.feeds import EDITION, Releases, Source
from company.watch.findings import close_by_fingerprint, open_finding

KIND = "missing_release"


def report_missing_release(fire: Fire, name: str) -> None:
    """Opens a finding when the day's whole release is not here long after its midnight; the next one closes it.

    A source without any edition, or of which nothing at all is new, has a finding of its own.
    """
    source = fire.vertical.source(name)
    if source.releases is None or not (addresses := _addresses(fire, source)):
        return
    missing = _missing_day(fire, source, source.releases, addresses)
    if missing is None:
        close_by_fingerprint(fire.brain, f"{KIND}:{name}", f"a whole release of {name} came")
        return
    fresh = fire.brain.row(SourceFreshness, "freshness_of", source=name)
    is_late = fire.now >= datetime.combine(missing, time(0), UTC) + source.releases.whole_late_after
    if is_late and fresh is not None and fresh.has_edition and not fresh.is_stale:
        _open(fire, source, source.releases, missing)


def _addresses(fire: Fire, source: Source) -> list[str]:
    return [url for _, url in known_routes(fire, source) if EDITION in url]


def _missing_day(fire: Fire, source: Source, releases: Releases, addresses: list[str]) -> date | None:
    """The day since which no whole release has come, of today and yesterday; None where today's is here.

    Before today's can be late yesterday's decides: it may never have come.
    """
    today = fire.now.date()
    for day in (today, today - DAY):
        urls = [url.replace(EDITION, name) for name in releases.names_whole(day) for url in addresses]
        if fire.brain.value("is_answered", source=source.name, urls=urls):
            return None if day == today else today
    return today - DAY


def _open(fire: Fire, source: Source, releases: Releases, day: date) -> None:
    hours = releases.whole_late_after.total_seconds() / 3600
    open_finding(
        fire.brain,
        fingerprint=f"{KIND}:{source.name}",
        kind=KIND,
        subject=source.name,
        level="brief",
        title=f"{source.name}: no whole list of {day} has come (late from {hours:g} h after its midnight)",
        effect="its hours are read; what none of them carried is here only with the next whole list",
        evidence={"day": day.isoformat(), "asked_for": releases.names_whole(day)},
        watcher=fire.record.reports_to,
    )
