"""Writes a product's files from its decisions: all of them, or none."""

import json
import keyword
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from company.json_values import JsonObject
from watchbill.all_or_none import all_or_none
from watchbill.errors import DeskError
from watchbill.scaffold.questions import TAKEN, ProductDecisions, SourceDecision

TEMPLATES = Path(__file__).parent / "templates"
NAME = re.compile(r"[a-z][a-z0-9]{1,20}")
# One file per product, each from the template of the same place in this table.
FILES = {
    "layers/{name}/Makefile": "Makefile",
    "layers/{name}/python/{name}/__init__.py": "init.py",
    "layers/{name}/python/{name}/vertical.py": "vertical.py",
    "layers/{name}/python/{name}/sources.py": "sources.py",
    "layers/{name}/python/{name}/deliveries.py": "deliveries.py",
    "layers/{name}/python/{name}/sample.py": "sample.py",
    "layers/{name}/python/{name}/product.md": "product.md",
    "sql/{name}/migrations/0001_feeds.sql": "migration.sql",
    "sql/{name}/doctrine/010_features.sql": "features.sql",
    "sql/{name}/doctrine/020_filters.sql": "filters.sql",
    "sql/{name}/queries/{name}.sql": "queries.sql",
    "infra/{name}.yaml": "part.yaml",
    "tests/vertical/{name}/__init__.py": "init.py",
    "tests/vertical/{name}/test_{name}.py": "test.py",
}
FILES_OF_A_SOURCE = {
    "functions/scrape_{source}/MACHINE.md": "MACHINE.md",
    "functions/scrape_{source}/handler.py": "handler.py",
    "functions/scrape_{source}/work.py": "work.py",
    "tests/events/scrape_{source}.json": "event.json",
}


def write_product(checkout: Path, name: str, decisions: ProductDecisions) -> list[str]:
    """Writes the files and returns their paths in the checkout; DeskError for a bad name or an existing file."""
    require_name(checkout, name)
    _require_free(checkout, decisions)
    made = {**dict(_texts(name, decisions)), **_samples(name, decisions)}
    with all_or_none() as files:
        for path, text in made.items():
            files.write(checkout / path, text)
    return sorted(made)


def require_name(checkout: Path, name: str) -> None:
    """DeskError for a name that no product can have, or that one has."""
    taken = keyword.iskeyword(name) or name in sys.stdlib_module_names or name in TAKEN
    if not NAME.fullmatch(name) or taken:
        raise DeskError(
            f"{name!r} cannot name a product: use a lower-case word of letters and digits that is not a name of Python."
        )
    for path in (f"layers/{name}", f"sql/{name}", f"infra/{name}.yaml", f"tests/vertical/{name}"):
        if (checkout / path).exists():
            raise DeskError(f"{name} exists already: {path}.")


def _require_free(checkout: Path, decisions: ProductDecisions) -> None:
    for feed in decisions.sources:
        if (checkout / "functions" / f"scrape_{feed.name}").exists():
            raise DeskError(f"scrape_{feed.name} exists already; give the source another name.")


def _texts(name: str, decisions: ProductDecisions) -> Iterator[tuple[str, str]]:
    facts = {"name": name, "title": name.capitalize(), **vars(decisions), "drop": decisions.drop}
    for path, template in FILES.items():
        yield path.format(name=name), _filled(template, facts)
    for feed in decisions.sources:
        for path, template in FILES_OF_A_SOURCE.items():
            yield path.format(source=feed.name), _filled(template, {**facts, "source": feed})


def _filled(template: str, facts: JsonObject) -> str:
    from jinja2 import Environment, StrictUndefined

    text = (TEMPLATES / f"{template}.j2").read_text(encoding="utf-8")
    filled = Environment(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False).from_string(text)
    return filled.render(**facts).rstrip("\n") + "\n"


def _samples(name: str, decisions: ProductDecisions) -> dict[str, str]:
    """Two good editions of each source, and one edition for each failure."""
    return {
        f"tests/vertical/{name}/samples/{feed.name}/{kind}.json": text
        for feed in decisions.sources
        for kind, text in _editions_of(feed, decisions).items()
    }


def _editions_of(_: SourceDecision, decisions: ProductDecisions) -> dict[str, str]:
    def edition(hour: int, rows: int) -> str:
        middle = (decisions.least + decisions.most) / 2
        good = [
            {decisions.key: f"{decisions.key}-{n}", "name": f"Number {n}", decisions.value: middle} for n in range(rows)
        ]
        stamp = f"2026-03-11T{hour:02}:00:00+00:00"
        return json.dumps({decisions.stamp: stamp, "rows": [*good, {"name": "nameless"}]}, indent=1) + "\n"

    return {
        "good-1": edition(1, 3),
        "good-2": edition(7, 4),
        "html": "<html><head><title>Access Denied</title></head></html>\n",
        "truncated": edition(1, 3)[:60],
        "no-stamp": json.dumps({"rows": []}) + "\n",
    }
