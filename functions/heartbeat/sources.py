"""Reports a source that is stuck for longer than its limit, whether its fires fail or an edition of it waits.

Its own machine cannot: one that crashes reports nothing.
"""

from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from company.fire.apart import each
from company.fire.fire import Fire
from company.pipeline.asking.troubles import SourceTrouble
from company.pipeline.delivering.effects import missed_of_source
from company.text.wording import day_and_time, duration_text
from company.watch.findings import MyFinding, close_finding, my_open_findings, open_finding

PREFIX = "stuck:"


@dataclass(frozen=True)
class SourceManagers:
    """Who answers for asking a source, and who for checking and promoting what it brought."""

    asks: str | None
    promotes: str | None


def report_stuck_sources(fire: Fire) -> dict[str, int]:
    """Opens a finding for each source that is stuck, and closes those of sources that are not any more."""
    troubles = fire.brain.rows(SourceTrouble, "source_troubles")
    stuck = [trouble for trouble in troubles if trouble.is_stuck]
    standing = {PREFIX + trouble.source for trouble in stuck}
    over = [one for one in my_open_findings(fire.brain, PREFIX) if one.fingerprint not in standing]
    opened = each(fire, "stuck sources", stuck, partial(_report, fire), name=lambda trouble: trouble.source)
    closed = each(fire, "sources that move again", over, partial(_close, fire), name=lambda one: f"F-{one.id}")
    return {"findings_opened": sum(opened), "findings_healed": sum(closed)}


def _report(fire: Fire, trouble: SourceTrouble) -> bool:
    zone = fire.settings.owner_timezone
    words, since = trouble.in_words(ZoneInfo(zone), fire.now), day_and_time(trouble.since, zone, fire.now)
    opened = open_finding(
        fire.brain,
        fingerprint=PREFIX + trouble.source,
        kind="stuck_source",
        subject=trouble.source,
        level="today",
        title=f"{trouble.source} is stuck since {since} (limit {duration_text(trouble.may_last)})",
        effect=missed_of_source(fire.brain, trouble.source, zone),
        evidence={"now": words},
        watcher=_watcher(fire, trouble),
    )
    if opened.is_new:
        fire.learn("found", f"{trouble.source} is stuck: {words}", finding_id=opened.finding_id)
    return opened.is_new


def _watcher(fire: Fire, trouble: SourceTrouble) -> str:
    """Whose fires fail, or who did not stage, is asked first; else who checks and promotes."""
    managers = fire.brain.row(SourceManagers, "who_answers_for_source", source=trouble.source)
    assert managers is not None, "who_answers_for_source is one row"
    is_here = trouble.failing_since is None and trouble.waiting_state != "not staged"
    return (managers.promotes if is_here else managers.asks) or "ceo"


def _close(fire: Fire, finding: MyFinding) -> bool:
    source = finding.fingerprint.removeprefix(PREFIX)
    return close_finding(fire.brain, finding.id, f"nothing stands in the way of {source} any more")
