"""The product's code as it is in force: what the owner deployed, with the changes that were deployed since.

A change names a file by its path from the root of the code. A file of statements is under sql/ in a release, and in the
product's package once a change of it is deployed; its path is the same in both.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from company.fire.fire import Fire
from company.sandbox import code_root
from company.sandbox.diffs import apply_diff, part_of
from company.text.files import QUERIES, read_utf8
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
    text = released_text(fire, file)
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


def released_text(fire: Fire, file: str) -> str:
    """The file as the owner deployed it; empty where she has none."""
    return next((read_utf8(root / file) for root in roots_of(fire) if (root / file).is_file()), "")


def roots_of(fire: Fire) -> tuple[Path, Path]:
    """Where a path of a change begins: in the code, or for statements under sql/."""
    return code_root(fire.vertical.name), fire.settings.sql_dir


def is_of_statements(file: str, product: str) -> bool:
    """Whether a path is that of a product's named statements."""
    return re.fullmatch(rf"{product}/{QUERIES}/[a-z_]+\.sql", file) is not None


def statement_files(fire: Fire) -> list[str]:
    """The files of the product's named statements, as a change names them."""
    product = fire.vertical.name
    return [
        f"{product}/{QUERIES}/{path.name}" for path in sorted((fire.settings.sql_dir / product / QUERIES).glob("*.sql"))
    ]
