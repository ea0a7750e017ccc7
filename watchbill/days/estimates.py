"""Estimates what a day by model would cost, from what each employee reads at boot, before any model is called.

Tokens are counted as a quarter of the characters sent: good enough for a price that is shown as an estimate.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, cast

from company.brain import Brain
from company.json_values import JsonObject
from company.model.prompt import first_message, system_blocks
from company.model.schemas import tool_blocks
from company.model.sizes import MODELS
from company.records import Record, read_staff
from company.tools import tools_of
from company.watch.expressions import Expression
from watchbill.desk.model_access import Estimate
from watchbill.home import CHECKOUT

TURNS, ADDED, WRITTEN = 5, 700, 300
"""Assumed for one fire: its turns, the tokens of tool results in each turn, and the tokens written in each turn."""


@dataclass(frozen=True)
class BootContext:
    """The size of one employee's first call, in tokens. pages: status, memory, product, and the time."""

    role: str
    tools: int
    skill: int
    pages: int

    @property
    def total(self) -> int:
        return self.tools + self.skill + self.pages


def estimate(brain: Brain, vertical: str, *, starts_at: datetime, ends_at: datetime) -> Estimate:
    """What the published staff would use between two times."""
    records, span = _employees(vertical), (starts_at, ends_at)
    days = [_day_of(brain, records[boot.role], boot, span) for boot in boots(brain, vertical)]
    kinds = ("input", "output", "cache_write", "cache_read")
    return Estimate(
        employees=len(days),
        fires=sum(day["fires"] for day in days),
        models=tuple(sorted({str(day["model"]) for day in days})),
        tokens={kind: sum(day[kind] for day in days) for kind in kinds},
        usd=sum(day["usd"] for day in days),
    )


def boots(brain: Brain, vertical: str) -> list[BootContext]:
    """Every employee's boot context with the current pages, the largest first."""
    found = [_boot(record, brain) for record in _employees(vertical).values()]
    return sorted(found, key=lambda boot: -boot.total)


def _employees(vertical: str) -> dict[str, Record]:
    staff = read_staff(CHECKOUT / "functions", vertical)
    return {role: record for role, record in staff.items() if record.is_employee}


def _boot(record: Record, brain: Brain) -> BootContext:
    keys = [f"SKILL_{record.role.upper()}", "PROJECT_STATUS", f"MEMORY_{record.role.upper()}", "PRODUCT"]
    pages = {row["file_key"]: row["content"] for row in brain.all("read_brain_pages", keys=keys)}
    return boot_of(record, pages, brain.now())


def boot_of(record: Record, pages: Mapping[str, str], now: datetime) -> BootContext:
    """One employee's boot context with these pages; without its own among them that of its folder counts."""
    tools = tools_of(record.tools, _own_tools(record.role))
    # The part of a fire that the prompt uses.
    known = {"record": record, "pages": pages, "tools": tools, "inbox": [], "session_id": 0, "now": now}
    fire = cast(Any, SimpleNamespace(role=record.role, **known))
    return BootContext(
        role=record.role,
        tools=tokens_of(tool_blocks(tools)),
        skill=tokens_of(system_blocks(fire)),
        pages=tokens_of(first_message(fire, [])["content"]),
    )


def tokens_of(blocks: Iterable[object]) -> int:
    """An estimate: a quarter of the characters that are sent."""
    return sum(len(json.dumps(block, ensure_ascii=False)) for block in blocks) // 4


def _own_tools(role: str) -> ModuleType | None:
    return import_module(f"{role}.tools") if Path(CHECKOUT / "functions" / role / "tools.py").is_file() else None


def _day_of(brain: Brain, record: Record, boot: BootContext, span: tuple[datetime, datetime]) -> JsonObject:
    """The first call writes everything to the cache; each later one reads the cache and adds to it."""
    fires = len(Expression.parse(record.schedule or "", record.timezone).between(*span)) if record.schedule else 0
    one = {
        "input": 0,
        "output": TURNS * WRITTEN,
        "cache_write": boot.total + (TURNS - 1) * ADDED,
        "cache_read": sum(boot.total + turn * ADDED for turn in range(TURNS - 1)),
    }
    model = MODELS[record.model or "small"]
    usd = float(brain.value("price_of_tokens", model=model, **one))
    return {"fires": fires, "model": model, "usd": usd * fires, **{kind: n * fires for kind, n in one.items()}}
