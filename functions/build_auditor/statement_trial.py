"""One change of one named statement of the product, or of its score's weights: each kind has a trial of its own.

Checks are tried over staged editions, links over what is in force, weights over everything scored. Each says what may
differ; the rest is the same for all: one statement of one file, no name more or less, its own test over what was and
what is, and the product's own tests.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from build_auditor.check_trial import try_check
from build_auditor.link_trial import try_link
from build_auditor.statement_facts import StatementFacts
from build_auditor.weights_trial import try_weights
from company.brain.sql import read_statements
from company.errors import CompanyError, SqlFileError
from company.fire.fire import Fire
from company.json_values import JsonObject
from company.sandbox import sandbox
from company.sandbox.changes import ChangeInFull
from company.sandbox.diffs import apply_diff, part_of
from company.sandbox.in_force import diffs_in_force, is_of_statements, text_in_force
from company.sandbox.weights import weights_file

Trial = Callable[[Fire, ChangeInFull, str, str, str], tuple[StatementFacts, JsonObject, JsonObject]]
TESTED = "rows.json"
"""The name of the file that the change's test reads: what the statement gives, once as it was and once as it is."""


@dataclass(frozen=True)
class ChangedStatement:
    """A statement before and after, by its name."""

    name: str
    before: str
    after: str


def touches_statements(fire: Fire, files: Sequence[str]) -> bool:
    """Whether a change is of one file of the product's statements, or of the score's weights, and of nothing else."""
    return len(files) == 1 and (is_of_statements(files[0], fire.vertical.name) or _is_of_weights(fire, files[0]))


def try_statement(fire: Fire, change: ChangeInFull) -> StatementFacts:
    """Tries the change; its test is run only when all before it holds."""
    [file] = change.files
    try:
        before = text_in_force(fire, file)
        after = apply_diff(before, part_of(change.diff, file))
    except CompanyError as error:
        return StatementFacts(error=str(error))
    if _is_of_weights(fire, file):
        facts, was, becomes = try_weights(fire, change, before, after)
        return _tested(fire, change, facts, was, becomes) if facts.may_be_tested else facts
    return _try_named(fire, change, before, after)


def _is_of_weights(fire: Fire, file: str) -> bool:
    return fire.vertical.scores is not None and file == weights_file(fire.vertical.name)


def _try_named(fire: Fire, change: ChangeInFull, before: str, after: str) -> StatementFacts:
    try:
        changed, outside = _changed(change.files[0], before, after)
    except SqlFileError as error:
        return StatementFacts(error=str(error))
    if changed is None:
        return StatementFacts(outside=outside)
    trial = _trial_of(fire, changed.name)
    if trial is None:
        return StatementFacts(outside=[f"{changed.name} is of no check and makes no links"])
    facts, was, becomes = trial(fire, change, changed.name, changed.before, changed.after)
    return _tested(fire, change, facts, was, becomes) if facts.may_be_tested else facts


def _trial_of(fire: Fire, name: str) -> Trial | None:
    """By what the product uses a statement for."""
    if any(check.query == name for check in fire.vertical.checks):
        return try_check
    return try_link if any(link.query == name for link in fire.vertical.links) else None


def _changed(file: str, before: str, after: str) -> tuple[ChangedStatement | None, list[str]]:
    """The one statement that differs; else what differs beside it, or instead of it."""
    was, becomes = dict(read_statements(before, file)), dict(read_statements(after, file))
    if list(was) != list(becomes):
        gone, new = [name for name in was if name not in becomes], [name for name in becomes if name not in was]
        return None, [*(f"{name} is gone" for name in gone), *(f"{name} is new" for name in new)] or ["their order"]
    differing = [name for name in was if was[name] != becomes[name]]
    if len(differing) != 1:
        return None, differing or ["no statement differs"]
    [name] = differing
    return ChangedStatement(name, was[name], becomes[name]), []


def _tested(
    fire: Fire, change: ChangeInFull, facts: StatementFacts, was: JsonObject, becomes: JsonObject
) -> StatementFacts:
    with sandbox("company", fire.vertical.name, statements=fire.settings.sql_dir) as trial:
        for deployed in diffs_in_force(fire):
            trial.change(deployed.diff)
        trial.put(TESTED, json.dumps(was, default=str).encode())
        without = trial.test(change.test)
        if without.is_ok:
            return facts
        trial.put(TESTED, json.dumps(becomes, default=str).encode())
        with_it = trial.test(change.test)
        trial.change(change.diff)
        own = trial.test_all(fire.vertical.name)
    return replace(
        facts,
        failed_without=1,
        passed_with=int(with_it.is_ok),
        error=with_it.message,
        own_tests=own.result.get("passed", 0) if own.is_ok else 0,
        own_tests_error=own.message,
    )
