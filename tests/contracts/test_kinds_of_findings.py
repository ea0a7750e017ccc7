"""Each kind of finding that code opens is stated: in the record of the role, or among the database's own."""

import ast
import re
from pathlib import Path

import pytest

from tests.contracts.repository import FUNCTIONS, SQL, records, sources, tree
from tests.support.brains import TestBrain

OPENERS = {"open_finding", "Problem", "ScheduleProblem"}
FROM_A_TABLE = {"muted", "differs", "gone", "unreadable", "missed", "failed"}
"""Kinds of heartbeat's that are chosen from a table, where this reads only what is written out."""
OF_MAIL = {"mail_bounced", "mail_rejected", "mail_complained"}
OF_A_SOURCE = {"address_moved", "false_stamp", "malformed_source", "older_edition", "stale_source"}
IN_A_LAYER = {
    "heartbeat": FROM_A_TABLE | OF_MAIL,
    "check": {"held_batch", "missing_rows", "new_word", "row_put_aside"},
    "promote": {"held_batch"},
    "scrape_cves": OF_A_SOURCE | {"missing_release"},
} | {role: {"changed_after_yes"} for role in ("ceo", "deliver", "publish")}
"""Kinds that a role opens by code that it shares with others."""
BY_DATABASE = re.compile(r"(?:'[a-z_]+:[^']*'(?: \|\| [\w.]+)?|SELECT name|SELECT mark),\s+'([a-z_]+)',")
"""A fingerprint and the kind after it, as the doctrine writes them."""
BY_FINGERPRINT = re.compile(r"\bfingerprint =|starts_with\(fingerprint")
WHOSE = re.compile(r"\b(?:kind|found_by|by_database|asked_by) (?:=|IN\b|AND\b|DESC\b)|NOT (?:f\.)?by_database|f\.kind")


def kinds_in(folder: Path) -> set[str]:
    """The kinds that calls in a role's folder give as a literal."""
    calls = [node for path in sources(folder) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
    found = set()
    for call in calls:
        names = {getattr(call.func, "id", ""), *(getattr(argument, "id", "") for argument in call.args)}
        if names & OPENERS:
            found |= {
                word.value.value
                for word in call.keywords
                if word.arg == "kind" and isinstance(word.value, ast.Constant)
            }
            first = call.args[:1] if "ScheduleProblem" in names else []
            found |= {argument.value for argument in first if isinstance(argument, ast.Constant)}
    return {str(kind) for kind in found}


@pytest.mark.parametrize("role", sorted(records()))
def test_a_record_states_the_kinds_of_findings_that_its_role_opens(role: str) -> None:
    opened = kinds_in(FUNCTIONS / role) | IN_A_LAYER.get(role, OF_A_SOURCE if role.startswith("scrape_") else set())

    assert opened == set(records()[role].findings)


def test_the_database_states_the_kinds_that_it_opens(brain: TestBrain) -> None:
    opened = {kind for path in SQL.glob("*/doctrine/*.sql") for kind in BY_DATABASE.findall(path.read_text("utf-8"))}

    openers = {kind: openers_of(brain, kind) for kind in opened}

    assert len(opened) == 10
    assert [kind for kind, who in openers.items() if "the database" not in who] == []


def test_a_kind_of_the_database_is_opened_by_a_role_only_where_both_see_the_same(brain: TestBrain) -> None:
    stated = {kind for record in records().values() for kind in record.findings}

    shared = {kind for kind in stated if "the database" in openers_of(brain, kind)}

    assert shared == {"stale_beat", "incomplete_beat", "short_ledger", "not_flowing"}


def test_who_reads_by_a_fingerprint_says_whose() -> None:
    texts = {path: path.read_text("utf-8") for path in SQL.glob("company/*/*.sql") if path.parent.name != "migrations"}
    asked = [(path, text, found.start()) for path, text in texts.items() for found in BY_FINGERPRINT.finditer(text)]

    anybodys = [f"{path.name}: {text[at : at + 60]}" for path, text, at in asked if not WHOSE.search(around(text, at))]

    assert len(asked) > 15
    assert anybodys == []


def around(text: str, at: int) -> str:
    """The statement's neighbourhood: some lines before and after."""
    return text[max(0, at - 250) : at + 250]


def openers_of(brain: TestBrain, kind: str) -> list[str]:
    [row] = brain.sql("owner", "SELECT company.openers_of(%(kind)s) AS openers", kind=kind)
    return list(row["openers"])
