"""What leaves for customers: one mail as text and HTML, and files that their schema describes."""

import csv
import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator

from company.aws import mail
from company.vertical import Customer
from patchfirst.feed_file import SCHEMA
from tests.pipeline.works import Works, epss, kev, kev_entry
from tests.support import rss

BANK = Customer("Alder Bank", "security@alder-bank.invalid", "brief", {"vendors": ["Harbourgate"]})
FERRY = Customer("Northferry Logistics", "feeds@northferry.invalid", "feed", {})
HOSTILE = "=cmd|' /C calc'!A0<script>alert(1)</script>\u202e"
OLD = [kev_entry(n) for n in range(5)]
FRESH = kev_entry(50, vendorProject="=Harbour<b>gate", product=HOSTILE, knownRansomwareCampaignUse="Known")


@pytest.fixture
def put(works: Works, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Two customers on two occasions; one CVE that joins the list has names that nobody would wish for."""
    mails: list[dict[str, Any]] = []
    send = mail.send_mail

    def sending(fire: Any, **content: Any) -> str:
        mails.append(content)
        return send(fire, **content)

    monkeypatch.setattr(mail, "send_mail", sending)
    works.take_in("kev", kev(*OLD))
    works.take_in("epss", epss(*(f"CVE-2025-{90000 + n},0.{n:02},0.99" for n in (1, 50, 70, 71))))
    works.run("link", "score")
    works.open_for(BANK, FERRY)
    works.brain.owner.run("handle", customer=FERRY.name, entity="CVE-2025-90002", note="=1+1 patched")
    works.run("deliver")
    works.brain.admin.execute("UPDATE company.streams SET max_growth = 9")
    works.take_in("kev", kev(*OLD, FRESH, at="2026-03-11T08:00:00.1234Z"))
    works.run("link", "score", "deliver")
    return {"mails": mails, "files": _files(works)}


def _files(works: Works) -> dict[str, bytes]:
    s3 = works.cloud.client("s3")
    kept = s3.list_objects_v2(Bucket="works", Prefix="feeds/2/")["Contents"]
    keys = [one["Key"] for one in kept if "dashboard" not in one["Key"]]
    return {key.removeprefix("feeds/2/"): s3.get_object(Bucket="works", Key=key)["Body"].read() for key in keys}


def test_what_leaves_is_what_was_promised(put: dict[str, Any]) -> None:
    _the_mail_says_the_same_twice(put["mails"])
    documents = _the_index_names_every_file(put["files"])
    _every_file_is_as_its_schema_says(put["files"], documents)
    _the_table_runs_nothing(put["files"])
    _a_table_without_changes_has_its_columns(put["files"])
    _the_news_can_be_read(put["files"])


def _the_mail_says_the_same_twice(mails: list[dict[str, Any]]) -> None:
    [daily] = [sent for sent in mails if "nothing new" in sent["subject"]]
    for word in ("fix now", "next to be exploited", "movers", "CVE-2025-90001", "was due 2026-02-22"):
        assert word.lower() in daily["text"].lower() and word.lower() in daily["html"].lower()
    assert not any(sign in daily["html"] for sign in ("<img", "<script", "src=", "@import", "url("))


def _the_index_names_every_file(files: dict[str, bytes]) -> list[dict[str, Any]]:
    index = json.loads(files["index.json"])
    named = [index["schema"], index["rss"], *(one[kind] for one in index["files"] for kind in ("file", "csv"))]
    assert sorted(named) == sorted(set(files) - {"index.json"})
    return [json.loads(files[one["file"]]) for one in index["files"]]


def _every_file_is_as_its_schema_says(files: dict[str, bytes], documents: list[dict[str, Any]]) -> None:
    schema = json.loads(files[SCHEMA.name])
    Draft202012Validator.check_schema(schema)
    for document in documents:
        Draft202012Validator(schema).validate(document)
    alert, daily = documents
    assert [item["cve"] for item in alert["items"]] == ["CVE-2025-90050"]
    assert "CVE-2025-90050" in [entry["cve"] for entry in alert["fix_now"]]
    assert [entry["cve"] for entry in daily["next"]] == ["CVE-2025-90071", "CVE-2025-90070", "CVE-2025-90050"]
    assert "CVE-2025-90002" not in [entry["cve"] for entry in daily["fix_now"]]
    assert [row["cve"] for row in daily["handled"]] == ["CVE-2025-90002"]
    [item] = alert["items"]
    assert item["ransomware"] is True and any("CISA" in reason["says"] for reason in item["reasons"])


def _the_table_runs_nothing(files: dict[str, bytes]) -> None:
    [name] = [name for name in files if name.endswith("important.csv")]
    [row] = csv.DictReader(io.StringIO(files[name].decode("utf-8-sig"), newline=""))
    assert row["vendor"] == "'=Harbour<b>gate" and row["product"].startswith("'=cmd|")
    assert "\u202e" not in files[name].decode() and "'" not in row["score"]


def _a_table_without_changes_has_its_columns(files: dict[str, bytes]) -> None:
    """A program that reads a table each day stops at one without a first line."""
    first = {name.rpartition("-")[2]: body.splitlines()[0] for name, body in files.items() if name.endswith(".csv")}
    assert first["daily.csv"] == first["important.csv"]


def _the_news_can_be_read(files: dict[str, bytes]) -> None:
    document = files["feed.xml"].decode()
    assert rss.faults(document) == []
    [item] = ET.fromstring(document).iter("item")
    assert item.findtext("title", "").startswith("CVE-2025-90050 =Harbour<b>gate =cmd|")
    assert item.findtext("link") == "https://www.cve.org/CVERecord?id=CVE-2025-90050"


def test_the_published_schema_is_the_one_that_is_shipped_and_refuses_what_is_no_file() -> None:
    published = Path(__file__).parents[2] / "docs" / "schemas" / SCHEMA.name
    assert published.read_text(encoding="utf-8") == SCHEMA.text
    checked = Draft202012Validator(json.loads(SCHEMA.text))

    assert not checked.is_valid({})
    assert not checked.is_valid({"schema": SCHEMA.name, "version": 1, "items": [{"cve": "CVE-1"}]})
