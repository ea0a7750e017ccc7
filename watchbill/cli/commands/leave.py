"""`watchbill leave`: everything that the company knows as files, then what there is to delete, in which order."""

import csv
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from company.text.wording import counted
from watchbill.cli.arguments import path_option
from watchbill.cli.printing import say, show_json
from watchbill.errors import DeskError

if TYPE_CHECKING:
    from company.aws.clients import Clients
    from company.brain import Brain

TABLES = """
SELECT n.nspname AS schema, c.relname AS name
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%%' AND n.nspname <> 'cron'
ORDER BY 1, 2
"""
WITHOUT = {("migrations", "logins"), ("company", "draw_secret")}
"""Verifiers of passwords, and the secret by which samples are drawn: of no use elsewhere, and dangerous in a file."""
COLUMNS_LEFT_OUT: Mapping[str, tuple[str, ...]] = {
    "company.customer_keys": ("salt", "secret_sha256"),
    "company.decision_links": ("token_sha256",),
    "company.console_acts": ("form_key", "session_key"),
    "company.console_logouts": ("session_key",),
}
"""Hashes and keys of customers' programs, of links and of logins: they open nothing elsewhere."""
COLUMNS = """
SELECT attname AS name FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
ORDER BY attnum
"""
ABOUT = """What this folder holds: all that a company of Watchbill knew, at one moment.

brain/    each table as CSV, UTF-8, its columns' names in the first line; an empty field is NULL, "" an empty text
bucket/   the files of its bucket under their keys: the feeds' bytes (raw/), pages/, customers' files (feeds/)
manifest.json   every file with its size and sha256

It holds personal data: names and addresses of customers and of who was mailed, what they have (their inventories) and
what was sent to them, and your own answers. Keep it where you keep such data, and delete it when you must.

Left out, because it is of no use elsewhere: verifiers of passwords and what was drawn by
({tables}), and these hashes and keys: {columns}.
"""
LIST, README = "manifest.json", "README.txt"
LEFT_HERE = "The desk's company is in this checkout alone: `make clean` removes it."


def leave(
    to: Path = path_option(..., "--to", metavar="FOLDER", help="A new folder for the files."),
    bucket: bool = typer.Option(True, help="Take the bucket's files along (on AWS)."),
    as_json: bool = typer.Option(False, "--json", help="Print what was written, and what to delete, as JSON."),
) -> None:
    """Write every table as CSV, and on AWS every file of the bucket, with a list of all; then say what to delete.

    Nothing is deleted or changed. Passwords, keys and their hashes are left out; customers' names and addresses are
    not. The files are yours alone (mode 0600).
    """
    from watchbill.cli.last_desk import open_brain, the_company
    from watchbill.cli.stack import chosen_company

    if to.is_file():
        raise DeskError(f"{to} is a file: name a new folder with --to.")
    if to.exists() and any(to.iterdir()):
        raise DeskError(f"{to} is not empty: name a new folder, so that nothing there is mixed or lost.")
    name, company = the_company().company, chosen_company()
    with open_brain("migrate") as brain, files_of_the_owner_alone(to):
        rows = export_tables(brain, to / "brain")
        files = export_bucket(company.cloud, company.settings.bucket, to / "bucket") if company and bucket else 0
        (to / README).write_text(about(), encoding="utf-8")
        _write_list(to)
    left = to_delete(company.stack, name, company.settings.bucket) if company else [LEFT_HERE]
    if as_json:
        show_json({"folder": str(to), "rows": rows, "files_of_bucket": files, "to_delete": left})
        return
    tables, all_rows = counted(len(rows), "table"), counted(sum(rows.values()), "row")
    say(f"{to}: {tables}, {all_rows}, {counted(files, 'file')} of the bucket; {LIST} lists all.")
    say(f"It holds customers' names and addresses: {README} says what else, and what was left out.")
    say("\n".join(left))


@contextmanager
def files_of_the_owner_alone(folder: Path) -> Iterator[None]:
    """Makes the folder; whatever is written in the block, in it or below, nobody else on this machine reads."""
    before = os.umask(0o077)
    try:
        _make(folder)
        folder.chmod(0o700)
        yield
    finally:
        os.umask(before)


def about() -> str:
    """What the export holds, for who opens it years later."""
    columns = [f"{table}.{name}" for table, names in COLUMNS_LEFT_OUT.items() for name in names]
    return ABOUT.format(tables=", ".join(".".join(one) for one in sorted(WITHOUT)), columns=", ".join(columns))


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DeskError(f"{folder} cannot be made: {error.strerror}. Name another folder with --to.") from error


def export_tables(brain: "Brain", folder: Path) -> dict[str, int]:
    """Each table as <schema>.<name>.csv with its names in the first line, all of one moment; the rows of each."""
    folder.mkdir(exist_ok=True)
    with brain.reading():
        brain.connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        brain.connection.execute("SET LOCAL statement_timeout = 0")
        found = [(row["schema"], row["name"]) for row in brain.connection.execute(TABLES).fetchall()]
        return {
            f"{schema}.{table}": _export_table(brain, schema, table, folder)
            for schema, table in found
            if (schema, table) not in WITHOUT
        }


def _export_table(brain: "Brain", schema: str, table: str, folder: Path) -> int:
    from psycopg import sql

    name = sql.Identifier(schema, table)
    there = brain.connection.execute(COLUMNS, (name.as_string(brain.connection),)).fetchall()
    left_out = COLUMNS_LEFT_OUT.get(f"{schema}.{table}", ())
    columns = sql.SQL(", ").join(sql.Identifier(row["name"]) for row in there if row["name"] not in left_out)
    copy = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT (FORMAT csv, HEADER)").format(columns, name)
    path = folder / f"{schema}.{table}.csv"
    with path.open("wb") as file, brain.connection.cursor().copy(copy) as parts:
        for part in parts:
            file.write(part)
    return _records_in(path)


def _records_in(path: Path) -> int:
    csv.field_size_limit(2**31 - 1)
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1


def export_bucket(cloud: "Clients", bucket: str, folder: Path) -> int:
    """Every current object under its key; how many. A key that would lead out of the folder is an error."""
    s3, count = cloud.client("s3"), 0
    for key in _keys(s3, bucket):
        path = (folder / key).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise DeskError(f"The bucket's key {key!r} would lead out of {folder}.")
        path.parent.mkdir(parents=True, exist_ok=True)
        s3.download_file(bucket, key, str(path))
        count += 1
    return count


def _keys(s3: Any, bucket: str) -> Iterator[str]:
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        yield from (item["Key"] for item in page.get("Contents", []) if not item["Key"].endswith("/"))


def _write_list(folder: Path) -> None:
    """Each file with its size and sha256, so that a copy can be proved whole."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    listed = [
        {"file": str(path.relative_to(folder)), "bytes": path.stat().st_size, "sha256": _digest(path)} for path in files
    ]
    (folder / LIST).write_text(json.dumps(listed, indent=1), encoding="utf-8")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def to_delete(stack: str, company: str, bucket: str) -> list[str]:
    """What is left to delete, in the order in which it can be; what a stack keeps on purpose comes last."""
    instance = f"{company.replace('_', '-')}-brain"
    return [
        "To leave AWS, in this order (nothing of it was done):",
        f"1. watchbill stop --aws {stack}: all work ends at its next boot",
        "2. a database that the stack made: aws rds modify-db-instance --no-deletion-protection"
        f" --db-instance-identifier {instance}",
        f"3. sam delete --stack-name {stack}: a database that it made leaves a last snapshot",
        f"4. the bucket, which the stack keeps, with its versions: {bucket}",
        f"5. SSM: every parameter under /watchbill/{company}/ (passwords, keys, settings)",
        f"6. a Postgres of yours: the database, then the logins and groups whose names begin with {company}_",
        f"7. each version of Lambda's layer {company}-changes, in which deployed changes were: no stack knows of it",
        "8. the sender's identity in SES; the snapshot of 3. when you are sure",
    ]
