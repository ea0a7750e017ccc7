"""`watchbill leave`: all that the company knows as files, which prove themselves, and no password among them."""

import csv
import hashlib
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Watchbill
from tests.support.brains import PASSWORD, TestBrain
from watchbill.cli import leave
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
    brain.owner.value("add_customer", name=odd, email="a@alder.example", kind="brief", filters={})

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


def test_no_table_is_left_out_but_the_one_of_passwords(brain: TestBrain, tmp_path: Path) -> None:
    written = leave.export_tables(brain.connect("migrate"), tmp_path)

    found = brain.admin.execute(leave.TABLES.encode()).fetchall()
    names = {f"{row['schema']}.{row['name']}" for row in found}
    assert names - set(written) == {"migrations.logins"}


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
