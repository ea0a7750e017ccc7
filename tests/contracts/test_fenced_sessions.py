"""What writes for a session asks first whether that session is still open, by itself or by what it calls."""

import re
from functools import cache

from tests.contracts.repository import SQL

FUNCTION = re.compile(r"(?=CREATE OR REPLACE FUNCTION )")
NAME = re.compile(r"CREATE OR REPLACE FUNCTION \w+\.(\w+)\(")
RULE = "a_fenced_session_writes_nothing"


@cache
def _functions() -> dict[str, tuple[str, str]]:
    """Of each function of the doctrine what stands before its body, and its body."""
    found = {}
    for path in sorted(SQL.glob("*/doctrine/*.sql")):
        for text in FUNCTION.split(path.read_text(encoding="utf-8"))[1:]:
            if name := NAME.match(text):
                head, _, rest = text.partition("$$")
                found[name[1]] = (head, rest.partition("$$")[0])
    return found


def _asking() -> set[str]:
    """Functions that end in the rule, or that give my_session to one that does."""
    asking = {name for name, (_, body) in _functions().items() if RULE in body}
    while True:
        call = re.compile(rf"company\.(?:{'|'.join(sorted(asking))})\([^;]*\bmy_session\b")
        more = {name for name, (_, body) in _functions().items() if name not in asking and call.search(body)}
        if not more:
            return asking
        asking |= more


def test_what_writes_for_a_session_asks_whether_it_is_open() -> None:
    writing = {
        name
        for name, (head, _) in _functions().items()
        if "my_session bigint" in head and "SECURITY DEFINER" in head and "STABLE" not in head
    }

    assert len(writing) > 50
    assert sorted(writing - _asking()) == []
