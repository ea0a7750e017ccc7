"""What a tool runs, found without running it: the queries that it names, and every name that it uses.

Followed through functions of ours, by the names in their compiled code; what is not named is not followed, so the
database is asked as well where it matters.
"""

import re
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

from company.brain.sql import load_queries
from tests.support.brains import SQL, VERTICAL

QUERIES = {name: text.decode() for name, text in load_queries(SQL, "company", VERTICAL).items()}
WRITES = re.compile(r"\b(INSERT|UPDATE|DELETE|MERGE|TRUNCATE)\b|nextval", re.I)
CALLED = re.compile(r"\bcompany\.(\w+)\s*\(")
CLOUD_WRITES = re.compile(r"(put|update|delete|send|publish|receive|purge|invoke)_\w+|create_schedule")


def faults_of(function: Callable[..., Any], volatile: set[str]) -> list[str]:
    """Reasons why this function is no reading tool; volatile are the brain's functions that may write."""
    queries, names = _used_names(function)
    found = [f"writes a note ({name})" for name in names & {"learn"}]
    found += [f"calls AWS to change something ({name})" for name in names if CLOUD_WRITES.fullmatch(name)]
    for query in sorted(queries):
        text = QUERIES[query]
        found += [f"{query} calls {called}" for called in CALLED.findall(text) if called in volatile]
        found += [f"{query} is no plain SELECT"] if WRITES.search(text) else []
    return found


def _used_names(function: Callable[..., Any]) -> tuple[set[str], set[str]]:
    queries: set[str] = set()
    names: set[str] = set()
    for code in (code for one in _followed(function, set()) for code in _codes(one.__code__)):
        queries |= {const for const in code.co_consts if isinstance(const, str) and const in QUERIES}
        names |= set(code.co_names)
    return queries, names


def _followed(function: Any, seen: set[FunctionType]) -> set[FunctionType]:
    if not isinstance(function, FunctionType) or function in seen:
        return seen
    seen.add(function)
    for code in _codes(function.__code__):
        for name in code.co_names:
            known = function.__globals__.get(name)
            # module.function is two names beside each other; which belongs to which does not matter here
            parts = [getattr(known, part, None) for part in code.co_names] if isinstance(known, ModuleType) else [known]
            for part in parts:
                _followed(part, seen)
    return seen


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield from _codes(const)
