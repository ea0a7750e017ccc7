"""`watchbill leave`: all that the company knows as files, which prove themselves, and no password among them."""

import csv
import hashlib
import json
import stat
from pathlib import Path

import pytest

from tests.cli.conftest import Watchbill
from tests.support.brains import PASSWORD, TestBrain
from watchbill.cli.commands import leave
from watchbill.cloud.aws import desk_cloud
from watchbill.errors import DeskError
from watchbill.home import LastDay, remember


@pytest.fixture
def with_migrate(last_day: LastDay, home: Path) -> None:
    """The desk knows the password of migrate, too."""
    remember(home, LastDay(**{**vars(last_day), "logins": {**last_day.logins, "migrate": PASSWORD}}))


def test_every_table_is_a_file_that_proves_itself(
    watchbill: Watchbill, brain: TestBrain, with_migrate: None, tmp_path: Path
) -> None:
    odd = 'Alder "Bank", ü'
    number = brain.owner.value("add_customer", name=odd, email="a@alder.example", kind="brief", filters={})
    brain.sql(
        "migrate",
        "INSERT INTO company.customer_keys (key_id, customer_id, salt, secret_sha256, per_minute)"
        " VALUES ('abcdefgh1234', %(of)s, repeat('s', 16)::bytea, repeat('h', 32)::bytea, 60)",
        of=number,
    )

    done = watchbill("leave", "--to", str(tmp_path / "out"))

    assert (done.code, done.err) == (0, "")
    listed = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
    for one in listed:
        content = (tmp_path / "out" / one["file"]).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (one["bytes"], one["sha256"])
    names = {Path(one["file"]).name for one in listed}
    assert {"company.slots.csv", "company.customers.csv", "company.inbox.csv"} <= names
    assert "migrations.logins.csv" not in names
    with (tmp_path / "out" / "brain" / "company.customers.csv").open(encoding="utf-8", newline="") as file:
        assert odd in {row["name"] for row in csv.DictReader(file)}
    with (tmp_path / "out" / "brain" / "company.customer_keys.csv").open(encoding="utf-8", newline="") as file:
        [key] = csv.DictReader(file)
    assert key["key_id"] == "abcdefgh1234" and not {"salt", "secret_sha256"} & set(key)
    _is_its_owners_alone(tmp_path / "out")
    assert "personal data" in (tmp_path / "out" / leave.README).read_text("utf-8") and leave.README in done.out


def _is_its_owners_alone(folder: Path) -> None:
    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_file()}
    assert modes == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in (folder, folder / "brain")} == {0o700}


def test_no_table_is_left_out_but_those_of_secrets(brain: TestBrain, tmp_path: Path) -> None:
    written = leave.export_tables(brain.connect("migrate"), tmp_path)

    found = brain.admin.execute(leave.TABLES.encode()).fetchall()
    names = {f"{row['schema']}.{row['name']}" for row in found}
    assert names - set(written) == {"migrations.logins", "company.draw_secret"}


SECRET = "(^|_)(salt|secret|token|password|verifier|session_key|form_key)(_|$)"
NO_SECRET = {
    ("company.draws", "salt"): "the word by which rows of a past audit were drawn",
}
"""Columns that are named like a secret and are none."""


def test_no_column_that_is_named_like_a_secret_is_exported(brain: TestBrain) -> None:
    found = brain.admin.execute(
        b"SELECT table_schema || '.' || table_name AS of, column_name AS name FROM information_schema.columns"
        b" WHERE table_schema IN ('company', 'patchfirst', 'migrations') AND column_name ~ %s",
        (SECRET,),
    ).fetchall()
    left_out = {(table, name) for table, names in leave.COLUMNS_LEFT_OUT.items() for name in names}
    without = {".".join(one) for one in leave.WITHOUT}
    named = {(row["of"], row["name"]) for row in found if row["of"] not in without}

    assert named - left_out - set(NO_SECRET) == set(), "list each in COLUMNS_LEFT_OUT, or say why it is no secret"
    assert left_out - named == set()


def test_a_folder_with_something_in_it_is_refused(watchbill: Watchbill, with_migrate: None, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")

    done = watchbill("leave", "--to", str(tmp_path))

    assert done.code == 1 and "not empty" in done.err


def test_the_buckets_files_come_along_and_none_leads_out_of_the_folder(tmp_path: Path) -> None:
    with desk_cloud() as cloud:
        s3 = cloud.client("s3")
        s3.create_bucket(Bucket="kept")
        s3.put_object(Bucket="kept", Key="raw/a b.json", Body=b"{}")

        assert leave.export_bucket(cloud, "kept", tmp_path) == 1
        assert (tmp_path / "raw" / "a b.json").read_bytes() == b"{}"

        s3.put_object(Bucket="kept", Key="a/../../../out.txt", Body=b"x")
        with pytest.raises(DeskError, match="lead out"):
            leave.export_bucket(cloud, "kept", tmp_path)


def test_what_is_to_delete_names_what_the_stack_keeps() -> None:
    text = "\n".join(leave.to_delete("night", "acme", "acme-bucket"))

    assert all(part in text for part in ("night", "acme-bucket", "/watchbill/acme/", "acme_", "snapshot"))


def test_what_the_company_made_beside_its_stack_is_to_delete_too() -> None:
    """build_auditor publishes the layer, and RDS takes no underscore in the name of an instance."""
    text = "\n".join(leave.to_delete("night", "night_watch", "bucket"))

    assert "layer night_watch-changes" in text
    assert "--db-instance-identifier night-watch-brain" in text


def test_what_was_written_is_json_too(watchbill: Watchbill, with_migrate: None, tmp_path: Path) -> None:
    written = json.loads(watchbill("leave", "--to", str(tmp_path / "out"), "--json").out)

    assert written["rows"]["company.roster"] > 20 and (tmp_path / "out" / "brain" / "company.roster.csv").is_file()
    assert (written["folder"], written["to_delete"]) == (str(tmp_path / "out"), [leave.LEFT_HERE])
