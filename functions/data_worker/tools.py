"""What only data_worker does: look at quarantined rows one by one, and say what two spellings are."""

import re
from typing import Any, Literal

from company.fire.fire import Fire
from company.json_values import json_ready, json_rows
from company.tools import reading_tool, tool

SEPARATORS = re.compile(r"[_\s\u2010-\u2015\u2212]+")

RowEnd = Literal["resolved", "discarded"]


@reading_tool
def quarantined_rows(fire: Fire, source: str, check: str, after: int = 0, limit: int = 200) -> list[dict[str, Any]]:
    """Lists open quarantined rows of one source and check, by id, with the edition in force of that source beside each.

    after: the last id already seen, to page on.
    Example: quarantined_rows(source="x", check="no_row_twice") gives [{"id": 5, "entity": "a", "reason": "..."}].
    """
    return json_rows(fire.brain.all("quarantined_rows", source=source, check=check, after=after, limit=limit))


@reading_tool
def row_in_force(fire: Fire, source: str, entity: str) -> dict[str, Any] | None:
    """Gives the row of an id that is in force now for a source, or None when there is none.

    Example: row_in_force(source="x", entity="a") gives {"batch_id": 9, "was": {...}}.
    """
    rows = [row for row in fire.brain.all("entity_history", source=source, key=entity) if row["valid_to"] is None]
    return json_ready(rows[-1]) if rows else None


@reading_tool
def read_id(fire: Fire, text: str) -> str | None:
    """Gives the one id that a text holds once its separators are mended (underscores, blanks, long dashes); else None.

    Example: read_id(text="ab_2026_0001,0.5") gives "AB-2026-0001" where that is how ids look.
    """
    entity = fire.vertical.entity
    found = set(re.findall(entity.pattern, SEPARATORS.sub("-", text).upper())) if entity else set()
    return found.pop() if len(found) == 1 else None


@tool
def resolve_rows(
    fire: Fire, ids: list[int], status: RowEnd, resolution: str, task_id: int | None = None
) -> dict[str, int]:
    """Closes quarantined rows: resolved when the right row is in force by now, discarded when the source erred.

    No row gets into canonical this way; only an edition brings rows. Rows closed by somebody else meanwhile are left.
    Example: resolve_rows(ids=[5], status="discarded", resolution="row 17 of the same id is in force").
    """
    closed = int(fire.brain.value("resolve_quarantine", ids=ids, status=status, resolution=resolution))
    fire.learn("rows_closed", f"{closed} {status}: {resolution}", task_id=task_id, ids=ids[:20])
    return {"closed": closed}


@tool
def decide_spelling(fire: Fire, kind: str, spelling: str, name: str, reason: str) -> dict[str, str]:
    """Says what a spelling is: one of its candidates, or itself, then it is a name of its own. Say why.

    Example: decide_spelling(kind="vendor", spelling="Acme Corp", name="Acme", reason="both are seen with Anvil").
    """
    fire.brain.run("resolve_spelling", kind=kind, spelling=spelling, name=name, reason=reason)
    fire.learn("spelling", f"{kind} {spelling!r} is {name!r}: {reason}")
    return {"spelling": spelling, "name": name}
