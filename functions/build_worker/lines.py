"""How build_worker drafts one line of a source's list: a new address, from what its requests were answered."""

from collections.abc import Sequence
from dataclasses import dataclass

from company.errors import ToolError
from company.fire.fire import Fire
from company.pipeline.asking.moves import MovedAddress, addresses_to_follow
from company.sandbox import code_root
from company.sandbox.diffs import make_diff
from company.sandbox.in_force import source_in_force, text_in_force
from company.text.wording import counted
from company.tools import reading_tool
from company.vertical import Source
from company.vertical.columns import add_names

TEST = '''"""It is asked where it is now."""

from datetime import datetime
from pathlib import Path

from company.vertical import load

SOURCE = load("{vertical}").source("{source}")
MOMENT = datetime.fromisoformat("{moment}")


def test_it_is_asked_at_its_new_address_first() -> None:
    assert SOURCE.columns.form.at_home([{old!r}], keeps_old=True) == ({new!r}, {old!r})


def test_no_other_address_is_asked_otherwise() -> None:
    assert SOURCE.columns.form.at_home(["https://other.example/x"], keeps_old=True) == ("https://other.example/x",)
'''
READS = """

def test_what_came_from_there_is_read() -> None:
    assert SOURCE.read_bytes(Path("document-{raw_id}").read_bytes(), MOMENT).staged > 0
"""


@dataclass(frozen=True)
class DraftedLine:
    """A unified diff, a test that fails without it, the documents that it reads, and the change in a few words."""

    diff: str
    test: str
    documents: Sequence[int]
    title: str
    reason: str


@reading_tool
def draft_address(fire: Fire, source: str, old: str) -> DraftedLine:
    """Drafts the change by which a source is asked at its new address: a line of its list, and a test.

    Only where its last answers, or its owner, say where it is. Example: draft_address(source="x",
    old="https://a.example/x.json") gives {"diff": "--- a/x.toml ...", "documents": [41], ...}.
    """
    feed = source_in_force(fire, source)
    move = next((one for one in addresses_to_follow(fire, feed) if one.old == old), None)
    if move is None:
        raise ToolError(f"{old} answers itself again, or nothing shows where it may be followed to")
    file = list_of(fire, feed)
    text = text_in_force(fire, file)
    given = {"vertical": fire.vertical.name, "source": source, "old": old, "new": move.new, "raw_id": move.raw_id}
    title = f"{source}: {old} is at {move.new}"
    test = TEST + READS if move.raw_id else TEST
    return DraftedLine(
        diff=make_diff(file, text, add_names(text, [], moved=[move.line])),
        test=test.format(moment=fire.now.isoformat(), **given),
        documents=[move.raw_id] if move.raw_id else [],
        title=title,
        reason=_reason(move),
    )


def list_of(fire: Fire, source: Source) -> str:
    """The path of a source's list, as a change names it; ToolError where only its reader has the columns."""
    if source.columns is None:
        raise ToolError(f"{source.name} has no list of columns, so no line of it can be changed")
    return source.columns.file.relative_to(code_root(fire.vertical.name)).as_posix()


def _reason(move: MovedAddress) -> str:
    read = f"raw document {move.raw_id} came from there" if move.raw_id else "nothing has been read from there yet"
    return f"{counted(move.answers, 'answer')} in a row since {move.first_at.isoformat()}: {move.said}; {read}."
