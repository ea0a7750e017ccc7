"""How build_worker reads statements of the product and the rows they were blind to, and drafts a change of one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from company.brain.sql import read_statements
from company.errors import ToolError
from company.fire.fire import Fire
from company.json_values import JsonObject
from company.sandbox.diffs import make_diff
from company.sandbox.in_force import statement_files, text_in_force
from company.text.wording import counted
from company.tools import by_need, reading_tool

TEST = '''"""{title}."""

import json
from pathlib import Path


def test_they_are_found() -> None:
    found = json.loads(Path("rows.json").read_text())["document-{raw_id}"]
    assert set({keys!r}) <= {{row["key"] for row in found}}
'''
MOST_ROWS = 20


@dataclass(frozen=True)
class StatementText:
    """A named statement as it is in force. file: as a change names it. used_by: the checks that ask it."""

    name: str
    file: str
    text: str
    used_by: Sequence[str]


@dataclass(frozen=True)
class DraftedStatement:
    """A unified diff of one statement, and a test that fails without it."""

    diff: str
    test: str


@dataclass(frozen=True)
class DraftedLink:
    """A unified diff of one statement that links."""

    diff: str


@by_need
@reading_tool
def read_checks(fire: Fire, source: str) -> list[StatementText]:
    """Gives the statements that check the staged rows of a source, as they are in force.

    Example: read_checks(source="x") gives [{"name": "check_x", "file": "product/queries/checks.sql", "text": "SELECT
    row_no, ... WHERE batch_id = %(batch)s ...", "used_by": ["x_is_plausible"]}].
    """
    wanted = {check.query: check.name for check in fire.vertical.checks if check.source == source}
    return [_statement(fire, name, [used_by]) for name, used_by in wanted.items()]


@by_need
@reading_tool
def staged_rows(fire: Fire, raw_id: int, keys: list[str]) -> list[JsonObject]:
    """Shows rows of a document as they are staged, of these keys, or the first ones without any; at most 20.

    Example: staged_rows(raw_id=41, keys=["a-1"]) gives [{"row_no": 3, "batch_id": 12, "a": "a-1", "b": 7}].
    """
    found = fire.brain.all("staged_rows", raw_id=raw_id, keys=keys, most=MOST_ROWS)
    return [row["staged"] for row in found]


@by_need
@reading_tool
def draft_check(fire: Fire, name: str, rows: str, raw_id: int, keys: list[str]) -> DraftedStatement:
    """Drafts what a check finds beside what it finds today: a SELECT of row_no and reason, added to it by UNION.

    A check is only ever made stricter. rows gives none that the check finds already; of other editions it gives none.
    raw_id: the document that the task names; keys: what must be found in it. Its owner is asked before it is deployed.
    Example: draft_check(name="check_x", rows="SELECT row_no, format('%%s is %%s', a, b) AS reason FROM x_staging WHERE
    batch_id = %(batch)s AND b < 0", raw_id=41, keys=["a-1"]) gives {"diff": "--- a/x.sql ...", "test": "def ..."}.
    """
    if not any(check.query == name for check in fire.vertical.checks):
        raise ToolError(f"no check asks {name}; read_checks gives those of a source")
    if not keys:
        raise ToolError("keys is empty: name what must be found in the document that the task is about")
    if not re.match(r"\s*select\b", rows, re.I) or ";" in rows or "%(batch)s" not in rows:
        raise ToolError("rows is one SELECT of row_no and reason WHERE batch_id = %(batch)s, without a semicolon")
    found = _statement(fire, name, [])
    file_text = text_in_force(fire, found.file)
    after = file_text.replace(found.text, f"{found.text.rstrip()}\nUNION\n{rows.strip()}", 1)
    title = f"{name} finds {', '.join(keys)[:80]}"
    return DraftedStatement(make_diff(found.file, file_text, after), TEST.format(title=title, raw_id=raw_id, keys=keys))


@by_need
@reading_tool
def read_links(fire: Fire) -> list[StatementText]:
    """Gives the statements that link what the sources name, as they are in force, in the order in which they run.

    Example: read_links() gives [{"name": "link_x", "file": "product/queries/links.sql", "text": "INSERT INTO ...
    SELECT ...", "used_by": ["x_linked"]}].
    """
    return [_statement(fire, link.query, [link.name]) for link in fire.vertical.links]


@by_need
@reading_tool
def draft_link(fire: Fire, name: str, old: str, new: str) -> DraftedLink:
    """Drafts a change of one passage of a statement that links: which rows it writes, and not what it writes to where.

    Your task's payload names the entities of which links are to differ; few others may, and the owner sees them all.
    The test that you propose with it reads rows.json: {"rows": [...]}, the rows that are gone without the change, and
    that are new with it. Example: draft_link(name="link_x", old="a = b", new="lower(a) = lower(b)") gives
    {"diff": "--- a/product/queries/links.sql ..."}.
    """
    if not any(link.query == name for link in fire.vertical.links):
        raise ToolError(f"no link asks {name}; read_links gives those that do")
    found = _statement(fire, name, [])
    if found.text.count(old) != 1 or not old.strip():
        raise ToolError(
            f"the passage is {counted(found.text.count(old), 'time')} in {name}: name one that is there once"
        )
    text = text_in_force(fire, found.file)
    after = text.replace(found.text, found.text.replace(old, new), 1)
    return DraftedLink(make_diff(found.file, text, after))


def _statement(fire: Fire, name: str, used_by: Sequence[str]) -> StatementText:
    for file in statement_files(fire):
        text = dict(read_statements(text_in_force(fire, file), file)).get(name)
        if text is not None:
            return StatementText(name, file, text, used_by)
    raise ToolError(f"there is no statement {name}")
