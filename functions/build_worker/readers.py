"""How build_worker reads the module that reads a source, and drafts a change of one passage of it."""

from dataclasses import dataclass

from company.errors import ToolError
from company.fire.fire import Fire
from company.sandbox.diffs import make_diff
from company.sandbox.in_force import text_in_force
from company.text.wording import counted
from company.tools import by_need, reading_tool


@dataclass(frozen=True)
class ReaderText:
    """A source's reader as it is in force: its file, as a change names it, and its text."""

    file: str
    text: str


@dataclass(frozen=True)
class DraftedReader:
    """A unified diff of a source's reader."""

    diff: str


@by_need
@reading_tool
def read_reader(fire: Fire, source: str) -> ReaderText:
    """Gives the module that reads a source, as it is in force.

    Example: read_reader(source="x") gives {"file": "product/sources/x.py", "text": "..."}.
    """
    module = fire.vertical.source(source).parse.__module__
    file = f"{module.replace('.', '/')}.py"
    return ReaderText(file, text_in_force(fire, file))


@by_need
@reading_tool
def draft_reader(fire: Fire, source: str, old: str, new: str) -> DraftedReader:
    """Drafts a change of one passage of a source's reader, where no line of its list says what is new.

    It reads more and refuses no less: no import that leads out, no broad except, no row by heart. Its owner is asked.
    Example: draft_reader(source="x", old="entry.get('a')", new="entry.get('a') or entry.get('A')") gives
    {"diff": "--- a/product/sources/x.py ..."}.
    """
    reader = read_reader(fire, source)
    if reader.text.count(old) != 1 or not old.strip():
        raise ToolError(
            f"the passage is {counted(reader.text.count(old), 'time')} in {reader.file}: name one that is there once"
        )
    return DraftedReader(make_diff(reader.file, reader.text, reader.text.replace(old, new)))
