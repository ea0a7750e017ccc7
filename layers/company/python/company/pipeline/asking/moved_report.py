"""Reports an address that has moved or is gone, and closes that once it is asked elsewhere or answers again."""

from dataclasses import asdict
from functools import partial

from company.fire.apart import each
from company.fire.fire import Fire
from company.pipeline.asking.moves import MovedAddress, moved_addresses
from company.watch.findings import MyFinding, close_finding, my_open_findings, open_finding

KIND = "address_moved"


def report_moves(fire: Fire, name: str) -> None:
    """One finding for each address, with what its last answers say."""
    moved = {_fingerprint(one): one for one in moved_addresses(fire, fire.vertical.source(name))}
    each(fire, "moved addresses", moved.items(), lambda one: _open(fire, *one), name=lambda one: one[0])
    over = [one for one in my_open_findings(fire.brain, f"moved:{name}:") if one.fingerprint not in moved]
    each(fire, "addresses that are asked well", over, partial(_close, fire), name=lambda one: one.fingerprint)


def _fingerprint(one: MovedAddress) -> str:
    return f"moved:{one.source}:{one.old}"


def _open(fire: Fire, fingerprint: str, one: MovedAddress) -> None:
    where = f"has moved to {one.new}" if one.new else "is gone"
    open_finding(
        fire.brain,
        fingerprint=fingerprint,
        kind=KIND,
        subject=one.source,
        level="today" if one.doubt else "brief",
        title=f"{one.source}: {one.old} {where}",
        effect=f"it is not followed: {one.doubt}" if one.doubt else "it is read by another way until its list says so",
        evidence=asdict(one) | {"first_at": one.first_at.isoformat(), "last_at": one.last_at.isoformat()},
        watcher=fire.record.reports_to,
    )


def _close(fire: Fire, finding: MyFinding) -> None:
    close_finding(fire.brain, finding.id, "it answers itself again, or its source is asked elsewhere")
