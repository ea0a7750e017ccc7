"""The staff of a test's brain: the real staff, and substitutes for needed roles without a folder."""

from functools import cache
from pathlib import Path
from typing import Any

from company.records import Record, read_record

FUNCTIONS = Path(__file__).resolve().parents[2] / "functions"

# role: kind, whom it reports to, who watches it
NEEDED: dict[str, tuple[str, str, str]] = {
    "ceo": ("ceo", "owner", "schedule_auditor"),
    "data_manager": ("manager", "ceo", "schedule_auditor"),
    "data_worker": ("worker", "data_manager", "data_auditor"),
    "data_auditor": ("auditor", "data_manager", "data_manager"),
    "scraping_manager": ("manager", "ceo", "schedule_auditor"),
    "scraping_worker": ("worker", "scraping_manager", "scraping_manager"),
    "heartbeat": ("machine", "ceo", "schedule_auditor"),
    "check": ("machine", "data_manager", "data_auditor"),
    "promote": ("machine", "data_manager", "data_auditor"),
    "link": ("machine", "data_manager", "data_auditor"),
    "score": ("machine", "data_manager", "data_auditor"),
    "deliver": ("machine", "data_manager", "data_auditor"),
    "schedule_auditor": ("auditor", "ceo", "ceo"),
    "content_manager": ("manager", "ceo", "schedule_auditor"),
    "content_worker": ("worker", "content_manager", "content_auditor"),
    "content_auditor": ("auditor", "content_manager", "content_manager"),
    "publish": ("machine", "content_manager", "content_auditor"),
    "scrape_kev": ("machine", "scraping_manager", "scraping_worker"),
    "scrape_epss": ("machine", "scraping_manager", "scraping_worker"),
}
MODES = {"data": ("data_manager", "data_worker"), "scrape": ("scraping_manager", "scraping_worker")}
OUTWARD = {"deliver": ("deliver",), "ceo": ("brief",)}


@cache
def staff() -> dict[str, Record]:
    """Every role by name; the record of a folder comes before a substitute."""
    found = [read_record(folder) for folder in sorted(FUNCTIONS.glob("*")) if _has_record(folder)]
    real = {record.role: record for record in found if record.product in (None, "patchfirst")}
    return {**{role: stand_in(role) for role in NEEDED}, **real}


def stand_in(role: str) -> Record:
    """A minimal consistent record."""
    kind, reports_to, watched_by = NEEDED[role]
    return make_record(
        role,
        kind=kind,
        reports_to=reports_to,
        watched_by=watched_by,
        schedule="rate(1 hour)",
        modes=tuple(mode for mode, roles in MODES.items() if role in roles),
        outward=OUTWARD.get(role, ()),
    )


def make_record(role: str, *, kind: str = "worker", reports_to: str = "data_manager", **fields: Any) -> Record:
    """A whole record of a role, with what the test does not care about filled in."""
    is_machine = kind == "machine"
    given = {
        "role": role,
        "description": f"{role}, as tests know it",
        "text": f"You are {role}.",
        "kind": kind,
        "reports_to": reports_to,
        "model": None if is_machine else "small",
        "budget": {"seconds": 60} if is_machine else {"seconds": 60, "turns": 4, "tokens": 1000, "usd": 0.01},
    }
    return Record.model_validate({**given, **fields})


def _has_record(folder: Path) -> bool:
    return any((folder / name).is_file() for name in ("SKILL.md", "MACHINE.md"))
