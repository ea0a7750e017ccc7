"""What the terminal can do to the company the console can do too, by a form: a new command says where."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from company.brain.sql import load_queries
from company.console.pages import ALL
from tests.contracts.repository import COMPANY, DESK, SQL, sources, tree
from watchbill.cli.app import app

FORMS = {
    "approvals": "/settings/approval",
    "audits": "/settings/tests",
    "changes approve": "/changes/order",
    "changes prove": "/changes/order",
    "changes refuse": "/changes/order",
    "changes roll-back": "/changes/order",
    "cost": "/money/limit",
    "customers add": "/customers/save",
    "customers end-key": "/customers/end-key",
    "customers handle": "/customers/handle",
    "customers inventory": "/customers/inventory",
    "customers key": "/customers/key",
    "customers pause": "/customers/pause",
    "customers resume": "/customers/pause",
    "decide": "/answer",
    "doctor": "/alarms/test",
    "findings mute": "/findings/mute",
    "hire": "/hire",
    "invoke": "/roles/fire",
    "pause": "/roles/pause",
    "resume": "/roles/pause",
    "retire": "/roles/retire",
    "start": "/company/switch",
    "stop": "/company/switch",
}
READ = {
    "as-of", "brief", "changes diff", "changes list", "changes show", "customers deliveries", "customers handled",
    "customers keys", "customers list", "customers preview", "logs", "look-up", "org", "slots", "tasks", "why",
}  # fmt: skip
OF_THE_MACHINE = {
    "api", "backtest", "changes export", "changes pulled", "console", "customers dashboard", "day", "deploy", "drill",
    "dsn", "leave", "new-vertical", "restore", "template", "up", "week",
}  # fmt: skip
"""They run, write or deploy something beside the company: files, a copy of it, another one, a stack."""
IN_ANOTHER_WAY = {"answer_decision": "answer_by_link"}
"""A form answers by a link of its own."""
GIVEN_TO_THE_SITE = {"record_alarm_test", "run_database_clock"}
"""Done by the desk's own test of the alarms, which a form calls."""
BOTH = (COMPANY / "api" / "keys.py", COMPANY / "pipeline" / "delivering" / "filters.py")
QUERIES = load_queries(SQL, "company", "patchfirst")
FUNCTION = re.compile(
    r"^CREATE OR REPLACE FUNCTION (company\.\w+)\((.*?)\nLANGUAGE \w+(.*?)AS \$\$", re.DOTALL | re.MULTILINE
)


def _commands(group: Any, before: str = "") -> Iterator[str]:
    for name, command in getattr(group, "commands", {}).items():
        if getattr(command, "commands", None):
            yield from _commands(command, f"{before}{name} ")
            yield from ([f"{before}{name}"] if getattr(command, "invoke_without_command", False) else [])
        else:
            yield f"{before}{name}"


def _lists_without_a_word(name: str) -> bool:
    """`customers` alone is `customers list`."""
    return name in ("changes", "customers", "findings")


def test_every_command_has_a_form_or_does_nothing_to_the_company() -> None:
    commands = {name for name in _commands(typer.main.get_command(app)) if not _lists_without_a_word(name)}

    assert not (set(FORMS) & READ | set(FORMS) & OF_THE_MACHINE | READ & OF_THE_MACHINE)
    assert commands == {*FORMS, *READ, *OF_THE_MACHINE}


def test_every_form_is_at_an_address_of_the_console() -> None:
    posts = {rule for routes in ALL for rule, methods, *_ in routes._routes if "POST" in methods}

    assert set(FORMS.values()) <= posts


def _acting() -> set[str]:
    """The queries that change something: they call a function of the company that is not only read."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(SQL.glob("company/doctrine/*.sql"))]
    found = [one for text in texts for one in FUNCTION.findall(text)]
    acting = {name for name, _, how in found if not re.search(r"\b(STABLE|IMMUTABLE)\b", how)}
    return {name for name, query in QUERIES.items() if acting & set(re.findall(r"company\.\w+(?=\()", query.decode()))}


def _named(paths: list[Path]) -> set[str]:
    constants = (node for path in paths for node in ast.walk(tree(path)) if isinstance(node, ast.Constant))
    return {node.value for node in constants if isinstance(node.value, str)}


@pytest.fixture(scope="module")
def of_the_console() -> set[str]:
    return _named([*sources(COMPANY / "console"), *BOTH])


def test_what_a_command_changes_in_the_brain_a_form_changes_too(of_the_console: set[str]) -> None:
    done = _acting() & _named([*sources(DESK / "cli", DESK / "doctor"), *BOTH])

    missing = {name for name in done if IN_ANOTHER_WAY.get(name, name) not in of_the_console}
    missing -= GIVEN_TO_THE_SITE

    assert len(done) > 12
    assert missing == set()
