"""Reports each row that nobody can read, of a source whose every row matters, until an edition is read with it."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from company.fire.apart import each
from company.fire.fire import Fire
from company.pipeline.delivering.effects import missed_of_source, unread_by
from company.text.cleaning import visible
from company.text.wording import counted, join_with_and
from company.watch.findings import MyFinding, close_finding, my_open_findings, open_finding

KIND = "row_put_aside"
MOST = 20
"""Above so many the edition is held as a whole, and one finding names the first ones."""
LONGEST_REASON = 200


@dataclass(frozen=True)
class RowPutAside:
    """One such row. entity: its id, where that much was read; is_in_force: an earlier edition's row of it is served."""

    source: str
    entity: str | None
    reason: str
    raw: str
    since: datetime
    batch_id: int
    is_in_force: bool

    @property
    def name(self) -> str:
        return self.entity or f"an entry without a readable id ({visible(self.raw)[:60]})"


def report_rows_put_aside(fire: Fire, source: str) -> None:
    """Opens a finding for each row that is put aside now, and closes those whose rows have been read since."""
    aside = [row for row in fire.brain.rows(RowPutAside, "rows_put_aside") if row.source == source]
    few = aside if len(aside) <= MOST else []
    each(fire, f"rows put aside of {source}", few, partial(_report, fire), name=lambda row: row.name)
    if len(aside) > MOST:
        _report_many(fire, source, aside)
    still = {_fingerprint(row) for row in few} | ({_many(source)} if len(aside) > MOST else set())
    mine = [*my_open_findings(fire.brain, f"{KIND}:{source}:"), *my_open_findings(fire.brain, _many(source))]
    over = [finding for finding in mine if finding.fingerprint not in still]
    each(fire, f"rows read of {source}", over, partial(_close, fire, source), name=lambda finding: f"F-{finding.id}")


def _close(fire: Fire, source: str, finding: MyFinding) -> None:
    close_finding(fire.brain, finding.id, f"the newest edition of {source} was read with it, or no longer holds it")


def _fingerprint(row: RowPutAside) -> str:
    return f"{KIND}:{row.source}:{row.name}"


def _many(source: str) -> str:
    return f"many:{KIND}:{source}"


def _report(fire: Fire, row: RowPutAside) -> None:
    open_finding(
        fire.brain,
        fingerprint=_fingerprint(row),
        kind=KIND,
        subject=row.entity or row.source,
        level="today",
        title=f"{row.source}: {row.name} is put aside: {visible(row.reason)[:LONGEST_REASON]}",
        effect=unread_by(fire.brain, row.source, is_in_force=row.is_in_force),
        evidence={"source": row.source, "entity": row.entity, "batch": row.batch_id, "raw": row.raw},
        watcher=fire.record.reports_to,
    )


def _report_many(fire: Fire, source: str, aside: list[RowPutAside]) -> None:
    names = join_with_and([*(row.name for row in aside[:3]), f"{len(aside) - 3} more"])
    open_finding(
        fire.brain,
        fingerprint=_many(source),
        kind=KIND,
        subject=source,
        level="today",
        title=f"{source}: {counted(len(aside), 'entry', 'entries')} put aside: {names}",
        effect=missed_of_source(fire.brain, source, fire.settings.owner_timezone),
        evidence={"source": source, "entities": [row.entity for row in aside], "batch": aside[0].batch_id},
        watcher=fire.record.reports_to,
    )
