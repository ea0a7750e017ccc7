"""For migrate: the files of sql/ that change a brain, read from a folder and run one by one."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

import psycopg

from company.errors import SqlFileError
from company.text.files import read_utf8

Kind = Literal["migrations", "doctrine"]
TOKEN = re.compile(r"@(staff|workers|managers|auditors|ceos|machines|owners|readers|trials|login:[a-z0-9_]+)@")
FUNCTION = re.compile(r"^CREATE (?:OR REPLACE )?FUNCTION ([a-z0-9_]+\.[a-z0-9_]+)\(.*?\$\$;$", re.M | re.S)


@dataclass(frozen=True)
class SqlFile:
    """One file, or a piece of text that is run like one; an error names it."""

    package: str
    kind: Kind
    name: str
    text: str

    @property
    def digest(self) -> str:
        return sha256(self.text.encode()).hexdigest()

    def __str__(self) -> str:
        return f"{self.package}/{self.kind}/{self.name}"


def read_files(sql_dir: Path, package: str, kind: Kind) -> list[SqlFile]:
    """The files of one kind in the order in which they run."""
    paths = sorted((sql_dir / package / kind).glob("*.sql"))
    return [SqlFile(package, kind, path.name, read_utf8(path)) for path in paths]


def functions_in(files: list[SqlFile]) -> Iterator[tuple[str, str]]:
    """Name and whole text of each function that the files create, in order."""
    for file in files:
        for found in FUNCTION.finditer(file.text):
            yield found[1], found[0]


def run_file(connection: psycopg.Connection[dict[str, object]], file: SqlFile, names: Mapping[str, str]) -> None:
    """All of the file or nothing of it; SqlFileError names it and carries Postgres' own message."""
    try:
        with connection.transaction():
            connection.execute(_filled(file.text, names).encode())
    except (psycopg.Error, KeyError) as error:
        raise SqlFileError(f"{file}: {error}") from error


def _filled(text: str, names: Mapping[str, str]) -> str:
    filled = TOKEN.sub(lambda found: names[found.group(1)], text)
    left = re.search(r"@[a-z]+(:[a-z0-9_]+)?@", filled)
    if left:
        raise KeyError(f"unknown token {left.group(0)}")
    return filled
