"""A line of a source's list that is no column: where it is asked, what a word means. The auditor looks itself.

Such a line changes nothing in any form of a document, so what it rests on is elsewhere: in the answers of the address,
in the words that came, and in what the owner said.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from company.errors import CompanyError
from company.fire.fire import Fire
from company.pipeline.asking.moves import MovedAddress, addresses_to_follow
from company.pipeline.rows.meanings import SeenWord, meaning_of
from company.sandbox import code_root
from company.sandbox.changes import ChangeInFull
from company.sandbox.diffs import apply_diff, part_of
from company.sandbox.in_force import source_in_force, text_in_force
from company.vertical import Source
from company.vertical.columns import Form, parse_form

K = TypeVar("K")


@dataclass(frozen=True)
class LineChange:
    """One new home of an address, or the meaning of one word, with what shows it. doubt: why it is not believed."""

    move: MovedAddress | None = None
    word: SeenWord | None = None
    doubt: str = ""


def line_change(fire: Fire, change: ChangeInFull) -> LineChange | None:
    """None for a change that has no such line, or that cannot be read: that is for the other steps."""
    root = code_root(fire.vertical.name)
    lists = {s.columns.file.relative_to(root).as_posix(): s for s in fire.vertical.sources if s.columns}
    forms = {file: both for file in change.files if file in lists and (both := _forms(fire, change, file))}
    touched = {file for file, (was, is_) in forms.items() if (was.moved, was.words) != (is_.moved, is_.words)}
    if not touched:
        return None
    if len(change.files) != 1:
        return LineChange(doubt="it changes such a line and other lists")
    [(file, (before, after))] = forms.items()
    if replace(after, moved=before.moved, words=before.words) != before:
        return LineChange(doubt="it changes such a line and what is read")
    return _judge(fire, source_in_force(fire, lists[file].name), before, after)


def _forms(fire: Fire, change: ChangeInFull, file: str) -> tuple[Form, Form] | None:
    try:
        before = text_in_force(fire, file)
        return parse_form(file, before), parse_form(file, apply_diff(before, part_of(change.diff, file)))
    except (CompanyError, ValueError):
        return None


def _judge(fire: Fire, source: Source, before: Form, after: Form) -> LineChange:
    moved, words = _added(before.moved, after.moved), _added(_each_word(before), _each_word(after))
    if moved is None or words is None or len(moved) + len(words) != 1:
        return LineChange(doubt="it says more than one new thing, or takes one away")
    if moved:
        [(old, new)] = moved.items()
        move = next((one for one in addresses_to_follow(fire, source) if (one.old, one.new) == (old, new)), None)
        no_move = f"no answer of {old} and no word of the owner leads to {new}"
        return LineChange(move=move) if move else LineChange(doubt=no_move)
    [((field, word), means)] = words.items()
    return _judge_word(fire, source, field, word, means)


def _judge_word(fire: Fire, source: Source, field: str, word: str, means: str) -> LineChange:
    """word: in small letters, as a list has it."""
    seen = fire.brain.rows(SeenWord, "new_words_spelled", source=source.name, field=field, word=word)
    said = [one for one in seen if meaning_of(fire, source, field, one.word) == means]
    if not said:
        return LineChange(doubt=f"neither its letters nor the owner say that {word} means {means} in {field}")
    return LineChange(word=said[0])


def _each_word(form: Form) -> dict[tuple[str, str], str]:
    return {(field, word): means for field, words in form.words.items() for word, means in words.items()}


def _added(before: Mapping[K, str], after: Mapping[K, str]) -> dict[K, str] | None:
    """What only the second has; None where it lacks or alters something of the first."""
    if any(after.get(key) != value for key, value in before.items()):
        return None
    return {key: value for key, value in after.items() if key not in before}
