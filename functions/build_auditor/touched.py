"""Which files a change may touch, and what code in them may not do: looked at before anything of it runs.

The lists of the sources; the module that reads the source which the change is about; and new tests of the product.
Named statements have a trial of their own (statement_trial). What else of the product no trial shows is the owner's.
"""

import re
from collections.abc import Mapping, Sequence

from build_auditor.code_rules import broken_by_code, known_by_heart, weakened_tests
from build_auditor.damaged import damaged_documents
from build_auditor.replayed import LARGEST, last_good_documents
from company.fire.fire import Fire
from company.json_values import JsonObject
from company.pipeline.asking.raw import load_raw
from company.sandbox import OWN_TESTS, code_root
from company.sandbox.changes import ChangeInFull
from company.sandbox.diffs import DiffError, apply_diff, part_of
from company.sandbox.in_force import source_in_force, text_in_force


def files_outside(fire: Fire, change: ChangeInFull, in_diff: Sequence[str]) -> list[str]:
    """The files that it may not touch, and those that only its list or only its diff names."""
    allowed = {*_lists(fire), *_readers(fire, change.subject)}
    unnamed = set(change.files) ^ set(in_diff)
    touched = set(change.files) | set(in_diff)
    return sorted(unnamed | {file for file in touched if file not in allowed and not is_own_test(fire, file)})


def broken_rules(fire: Fire, change: ChangeInFull) -> list[str]:
    """What its code does that it may not; what does not fit the deployed text is for a later step."""
    broken = []
    readers = _readers(fire, change.subject)
    for file, (before, after) in _code_of(fire, change).items():
        found = broken_by_code(before, after)
        found += [] if file in readers else weakened_tests(before, after)
        broken += [f"{file}: {one}" for one in found]
    return broken


def rows_by_heart(fire: Fire, change: ChangeInFull, read: Mapping[str, JsonObject]) -> list[str]:
    """The rows of the replayed documents that stand in its reader. read: what each document holds before it."""
    keys = {key for one in read.values() for key in one.get("keys", ())}
    texts = {file: both for file, both in _code_of(fire, change).items() if not is_own_test(fire, file)}
    return [f"{file}: {one}" for file, (was, becomes) in texts.items() for one in known_by_heart(was, becomes, keys)]


def touches_reader(fire: Fire, change: ChangeInFull) -> bool:
    return bool(set(change.files) & _readers(fire, change.subject))


def damaged_copies(fire: Fire, change: ChangeInFull) -> dict[str, bytes]:
    """Of the last good document that the code in force opens, for a change of its reader: what this refuses it must go
    on refusing."""
    if not touches_reader(fire, change):
        return {}
    source = source_in_force(fire, change.subject)
    assert source.columns is not None, "only the reader of a source with a list may be changed"
    small = [good for good in last_good_documents(fire, source.name) if good.size <= LARGEST]
    copies = (damaged_documents(source.columns, load_raw(fire, source.name, good.sha256).read()) for good in small)
    return next(filter(None, copies), {})


def _code_of(fire: Fire, change: ChangeInFull) -> dict[str, tuple[str, str]]:
    """The texts before and after of each file of code."""
    found = {}
    for file in change.files:
        if file in _readers(fire, change.subject) or is_own_test(fire, file):
            try:
                before = text_in_force(fire, file)
                found[file] = before, apply_diff(before, part_of(change.diff, file))
            except DiffError:
                continue
    return found


def _lists(fire: Fire) -> set[str]:
    root = code_root(fire.vertical.name)
    return {s.columns.file.relative_to(root).as_posix() for s in fire.vertical.sources if s.columns}


def _readers(fire: Fire, source: str) -> set[str]:
    """The module that reads a source whose documents can be damaged entry by entry; none for another's."""
    package = f"{fire.vertical.name}.sources."
    has_entries = [one for one in fire.vertical.sources if one.columns and not one.columns.records]
    found = {one.parse.__module__ for one in has_entries if one.name == source}
    return {f"{module.replace('.', '/')}.py" for module in found if module.startswith(package)}


def is_own_test(fire: Fire, file: str) -> bool:
    """Whether it is a module of the product's own tests."""
    return re.fullmatch(rf"{fire.vertical.name}/{OWN_TESTS}/test_[a-z_]+\.py", file) is not None
