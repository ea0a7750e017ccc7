"""Faults of builds: a fix that must deploy itself, and one that must be taken back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from company.vertical.feeds import Malformed, Source
from watchbill.cloud.feeds import FeedFault
from watchbill.drill.fault import HOUR, Fault, Planted, at_hour
from watchbill.drill.faults.schedules import AN_HOURLY_FIRE
from watchbill.drill.room import Room
from watchbill.errors import DeskError

FIXED_WITHIN = 4 * HOUR
TAKEN_BACK_WITHIN = HOUR
UNTIL_THE_NEXT_EDITION = 9 * HOUR
"""What only the fix could read stays in force when the fix is gone, and those who read bytes again say so."""


@dataclass(frozen=True)
class FixProgress:
    """What became of a source since a moment. put_live_at, taken_back_at: of a change about it; in_force_at: of an
    edition that came since; last_task_at: when somebody was last asked to fix it."""

    put_live_at: datetime | None
    taken_back_at: datetime | None
    failed_at: datetime | None
    in_force_at: datetime | None
    last_task_at: datetime | None


def fixes_itself(room: Room) -> Planted:
    """A field is renamed, and the owner lets fixes deploy themselves: without a hand its data is in force again."""
    source, rename = _to_rename(room, "given")
    room.mark("fixes_itself", source.name, note="a field is renamed, and nobody fixes it by hand")
    before = let_fixes_deploy(room, "open")
    room.feeds.plant(source.name, FeedFault("a field renamed", room.now, change=rename))

    def heal() -> None:
        let_fixes_deploy(room, before)
        found = _progress(room, source)
        room.feeds.heal(source.name)
        _take_back(room, source)
        if found.in_force_at is None or found.put_live_at is None or found.in_force_at < found.put_live_at:
            raise DeskError(f"No edition of {source.name} was taken in by a fix within {FIXED_WITHIN}.")

    return Planted(f"{source.name} renames a field for good", _parts(room, source), heal)


def breaks_in_the_field(room: Room) -> Planted:
    """A fix that passes its tests, for a form that is gone once it is deployed."""
    source, rename = _to_rename(room, "stated")
    room.mark("breaks_in_the_field", source.name, note="its form changes again when the fix is there")
    before = let_fixes_deploy(room, "open")

    def change(body: bytes) -> bytes:
        return rename(body) if _progress(room, source).put_live_at is None else body[: len(body) // 2]

    room.feeds.plant(source.name, FeedFault("a field renamed, then half of it", room.now, change=change))

    def heal() -> None:
        let_fixes_deploy(room, before)
        found = _progress(room, source)
        room.feeds.heal(source.name)
        if found.failed_at is None or found.taken_back_at is None:
            raise DeskError(f"The fix of {source.name} was not taken back.")
        if found.taken_back_at - found.failed_at > TAKEN_BACK_WITHIN:
            raise DeskError(f"The fix of {source.name} was taken back only at {found.taken_back_at:%H:%M}.")
        if found.last_task_at is None or found.last_task_at < found.taken_back_at:
            raise DeskError(f"Nobody was asked to fix {source.name} again after its fix was taken back.")

    return Planted(f"{source.name} changes again as soon as its fix is deployed", _parts(room, source), heal)


def _take_back(room: Room, source: Source) -> None:
    """Its publisher has the old name again, and the owner has the fix of it taken back: nothing of it stays."""
    with room.desk.brain() as brain:
        for one in brain.all("deployments_in_force"):
            if one["subject"] == source.name:
                brain.run("order_change", change_id=one["change_id"], order="roll_back", reason="it has its name again")


def _to_rename(room: Room, ending: str) -> tuple[Source, Callable[[bytes], bytes]]:
    """A source whose document its reader does not know under another name of one field, and that rename.

    ending: of the new name, another one for each fault: a fix of one must not have learned the other's.
    """
    source = room.source(lambda one: one.columns and one.columns.rename and _second_rename(room, one, ending))
    rename = _second_rename(room, source, ending)
    assert rename is not None, "it was chosen for it"
    return source, rename


def _second_rename(room: Room, source: Source, ending: str) -> Callable[[bytes], bytes] | None:
    """Another one than the source's own, which another fault plants: what was learned from that would hide this."""
    assert source.columns is not None, "only sources with a list are asked"
    served = room.feeds.answer(source.route.path, {}).body if source.name in room.feeds.urls() else b""
    own = source.columns.rename(served) if source.columns.rename else served
    for name in reversed(list(source.columns.form.names)):
        old, new = f'"{name}"'.encode(), f'"{name}_{ending}"'.encode()
        rename = _replacing(old, new)
        if old in own and not _is_read(source, rename(served), room.now):
            return rename
    return None


def _replacing(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda body: body.replace(old, new)


def _is_read(source: Source, body: bytes, at: datetime) -> bool:
    try:
        return bool(source.read_bytes(body, at))
    except Malformed:
        return False


def _progress(room: Room, source: Source) -> FixProgress:
    with room.desk.brain() as brain:
        found = brain.row(FixProgress, "fixed_since", source=source.name, since=room.now)
    assert found is not None, "a count always answers"
    return found


def let_fixes_deploy(room: Room, level: str) -> str:
    """Returns the level of before."""
    with room.desk.brain() as brain:
        before = str(brain.value("approval_level", action="deploy"))
        brain.run("set_approval", action="deploy", level=level)
    return before


def _parts(room: Room, source: Source) -> frozenset[str]:
    """The source, its machine, and all who read its rows: a fix is deployed to the whole product."""
    return frozenset({source.name, room.machine_of(source.name), "promote", "check", "scores"})


FAULTS = (
    Fault("fixes_itself", "a field is renamed, and the fix deploys itself", fixes_itself, ("malformed_source",), 0,
          at_hour(5, 50), FIXED_WITHIN, AN_HOURLY_FIRE, alone_at=at_hour(10), aftermath=UNTIL_THE_NEXT_EDITION,
          is_of_a_feed=True),
    Fault("breaks_in_the_field", "a fix passes its tests and breaks in the field", breaks_in_the_field,
          ("rolled_back",), 1, at_hour(5, 45), FIXED_WITHIN, FIXED_WITHIN, by=("build_auditor",), alone_at=at_hour(11),
          aftermath=5 * HOUR, closes_within=8 * HOUR, is_of_a_feed=True),
)  # fmt: skip
