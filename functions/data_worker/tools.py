"""What only data_worker does: look at quarantined rows one by one, and decide what two spellings are."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from company.fire.fire import Fire
from company.json_values import JsonObject
from company.tools import reading_tool, tool

SEPARATORS = re.compile(r"(?<=[A-Za-z0-9])[_\s]+(?=[0-9])")

RowEnd = Literal["resolved", "discarded"]


@dataclass(frozen=True)
class QuarantinedRow:
    """An open quarantined row. came_again: a later batch that quarantined the same row."""

    id: int
    batch_id: int
    row_no: int
    entity: str | None
    check_name: str
    reason: str
    raw: str
    at: datetime
    edition_at: datetime
    batch_in_force: int | None
    edition_in_force: datetime | None
    came_again: int | None


@dataclass(frozen=True)
class RowVersion:
    """One version of a canonical row; valid_to is null for the one in force."""

    valid_from: datetime
    valid_to: datetime | None
    batch_id: int
    ended_by: int | None
    ended_how: str | None
    was: JsonObject


@reading_tool
def quarantined_rows(fire: Fire, source: str, check: str, after: int = 0, limit: int = 200) -> list[QuarantinedRow]:
    """Lists open quarantined rows of one source and check, by id, with the edition in force of that source beside each.

    after: the last id of the page before.
    Example: quarantined_rows(source="x", check="no_row_twice") gives [{"id": 5, "entity": "a", "reason": "..."}].
    """
    return fire.brain.rows(QuarantinedRow, "quarantined_rows", source=source, check=check, after=after, limit=limit)


@reading_tool
def row_in_force(fire: Fire, source: str, entity: str) -> RowVersion | None:
    """Gives the row of an id that is in force now for a source, or None when there is none.

    Example: row_in_force(source="x", entity="a") gives {"batch_id": 9, "was": {...}}.
    """
    versions = fire.brain.rows(RowVersion, "entity_history", source=source, key=entity)
    in_force = [version for version in versions if version.valid_to is None]
    return in_force[-1] if in_force else None


@reading_tool
def read_id(fire: Fire, text: str) -> str | None:
    """Gives the one id in a text after its separators are corrected (underscores, blanks); else None.

    Example: read_id(text="ab_2026_0001,0.5") gives "AB-2026-0001" where that is how ids look.
    """
    entity = fire.vertical.entity
    found = entity.read_all(SEPARATORS.sub("-", text)) if entity else ()
    return found[0] if len(found) == 1 else None


@tool
def resolve_rows(
    fire: Fire, ids: list[int], status: RowEnd, resolution: str, task_id: int | None = None
) -> dict[str, int]:
    """Closes quarantined rows: resolved when the right row is in force now, discarded when the source was wrong.

    This brings no row into canonical; only an edition does. Rows that somebody else closed meanwhile stay as they are.
    Example: resolve_rows(ids=[5], status="discarded", resolution="row 17 of the same id is in force").
    """
    with fire.brain.transaction():
        closed = int(fire.brain.value("resolve_quarantine", ids=ids, status=status, resolution=resolution))
        fire.learn("rows_closed", f"{closed} {status}: {resolution}", task_id=task_id, ids=ids[:20])
    return {"closed": closed}


@tool
def decide_spelling(fire: Fire, kind: str, spelling: str, name: str, reason: str) -> dict[str, str]:
    """Decides which name a spelling is: one of its candidates, or a name of its own. Give the reason.

    Example: decide_spelling(kind="vendor", spelling="Acme Corp", name="Acme", reason="both are seen with Anvil").
    """
    fire.brain.run("resolve_spelling", kind=kind, spelling=spelling, name=name, reason=reason)
    fire.learn("spelling", f"{kind} {spelling!r} is {name!r}: {reason}")
    return {"spelling": spelling, "name": name}
