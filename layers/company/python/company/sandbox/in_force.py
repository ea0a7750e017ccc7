"""The product's code as it is in force: what the owner deployed, with the changes that were deployed since."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from company.fire.fire import Fire
from company.sandbox import code_root
from company.sandbox.diffs import apply_diff, part_of
from company.vertical import Source
from company.vertical.columns import parse_form


@dataclass(frozen=True)
class DiffInForce:
    """The diff of a change that is deployed, and the files that it touches."""

    change_id: int
    diff: str
    files: Sequence[str]


def diffs_in_force(fire: Fire) -> list[DiffInForce]:
    """In the order in which they were deployed."""
    return fire.brain.rows(DiffInForce, "diffs_in_force")


def text_in_force(fire: Fire, file: str) -> str:
    """A file of the product, its path from the root of the code; DiffError when a deployed change no longer fits."""
    path = code_root(fire.vertical.name) / file
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    for change in diffs_in_force(fire):
        if file in change.files:
            text = apply_diff(text, part_of(change.diff, file))
    return text


def source_in_force(fire: Fire, name: str) -> Source:
    """A source with its list as it is in force; without one, as it is here.

    Roles that read no documents have the product as its owner deployed it, whatever was deployed to the others since.
    """
    source = fire.vertical.source(name)
    if source.columns is None:
        return source
    file = source.columns.file.relative_to(code_root(fire.vertical.name)).as_posix()
    form = parse_form(source.columns.file.name, text_in_force(fire, file))
    return replace(source, columns=replace(source.columns, form=form))
