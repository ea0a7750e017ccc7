"""Every rule that sql/ names is also named by a test that attacks it."""

import re
from pathlib import Path

from tests.support.brains import SQL

TESTS = Path(__file__).resolve().parents[1]
REFUSED = re.compile(r"company\.refuse\('([a-z_0-9]+)'")
CONSTRAINT = re.compile(r"(?<!RENAME )(DROP )?CONSTRAINT ([a-z_0-9]+)")
UNIQUE = re.compile(r"CREATE UNIQUE INDEX ([a-z_0-9]+)")
RENAMED = re.compile(r"(?:RENAME CONSTRAINT|ALTER INDEX company\.)\s*([a-z_0-9]+)\s+(?:RENAME )?TO ([a-z_0-9]+)")


def rules() -> set[str]:
    """The names under which SQL refuses, the company's and a product's: a function, a constraint, a unique index."""
    files = [*sorted(SQL.glob("*/migrations/*.sql")), *SQL.glob("*/doctrine/*.sql")]
    texts = [file.read_text() for file in files]
    renamed = {was: is_now for text in texts for was, is_now in RENAMED.findall(text)}
    names = {name for text in texts for rule in (REFUSED, UNIQUE) for name in rule.findall(text)}
    # What was said of a constraint last counts: one that was dropped for good is no rule any more.
    is_dropped = {name: bool(drop) for text in texts for drop, name in CONSTRAINT.findall(text)}
    names |= {name for name, is_gone in is_dropped.items() if not is_gone}
    return {renamed.get(name, name) for name in names}


def test_every_rule_is_attacked_by_name() -> None:
    attacked = {word for file in TESTS.rglob("test_*.py") for word in re.findall(r"\w+", file.read_text())}

    unattacked = sorted(rules() - attacked)

    assert len(rules()) > 80
    assert unattacked == []
