"""A customer's dashboard in the bucket: with its page, once, under a link that ends, and as the owner approved it."""

import gzip
import json
import re
from datetime import datetime
from typing import Any
from unittest.mock import Mock
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import boto3
import pytest
from botocore.config import Config

from company.aws.clients import fetch_secret, link_key_parameter
from company.pipeline.delivering import dashboards, handle_links, signed_links
from company.vertical import Customer
from tests.pipeline.grown import grown
from tests.pipeline.works import Works, epss, kev, kev_entry, kev_of
from tests.support.brains import MORNING
from tests.support.refusals import NO_RIGHT, refused

BANK = Customer("Alder Bank", "security@alder-bank.invalid", "brief", {"vendors": ["Harbourgate"]})
FERRY = Customer("Northferry Logistics", "feeds@northferry.invalid", "feed", {})
LINES = "SELECT * FROM company.dashboards ORDER BY delivery_id"


def _scored(works: Works) -> None:
    works.take_in("kev", kev_of(3))
    works.take_in("epss", epss("CVE-2025-90001,0.9,0.99", "CVE-2025-90007,0.2,0.5"))
    works.run("link", "score")


template_brain = grown(_scored)


def _object(works: Works, key: str) -> dict[str, Any]:
    answer: dict[str, Any] = works.cloud.client("s3").get_object(Bucket="works", Key=key)
    return answer


def _data(works: Works, key: str) -> dict[str, Any]:
    """The JSON document in a page of the bucket."""
    text = gzip.decompress(_object(works, key)["Body"].read()).decode()
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text)
    assert found is not None
    return dict(json.loads(found[1]))


def _link(body: str) -> str:
    return re.sub(r"^.*Your dashboard \(opens until [^)]*\): (\S+).*$", r"\1", " ".join(body.split()))


def test_each_customer_gets_a_dashboard_and_its_link_in_the_page(works: Works) -> None:
    works.open_for(BANK, FERRY)

    (fire,) = works.run("deliver")

    assert fire["evidence"] == {"written": 2, "sent": 2, "refused": 0}
    for kept, delivery in zip(
        works.rows(LINES), works.rows("SELECT * FROM company.deliveries ORDER BY id"), strict=True
    ):
        found = _object(works, kept["s3_key"])
        assert (found["ContentEncoding"], found["ContentType"]) == ("gzip", "text/html; charset=utf-8")
        assert kept["s3_key"].startswith(f"feeds/{delivery['customer_id']}/dashboard/2026-03-11/0709-")
        assert urlsplit(_link(delivery["body"])).path.endswith(kept["s3_key"])
        assert (kept["page"], kept["put_at"]) == (None, delivery["ended_at"])
        with urlopen(_link(delivery["body"])) as opened:
            assert opened.headers["Content-Encoding"] == "gzip"
            assert gzip.decompress(opened.read()).startswith(b"<!doctype html>")
    names = [_data(works, kept["s3_key"])["customer"]["name"] for kept in works.rows(LINES)]
    assert names == ["Alder Bank", "Northferry Logistics"]


def test_the_lists_hold_what_is_theirs_with_its_reasons_and_its_epss(works: Works) -> None:
    works.open_for(BANK, FERRY)
    works.run("deliver")

    banks, ferrys = (_data(works, kept["s3_key"])["lines"] for kept in works.rows(LINES))

    assert banks[0]["cve"] == "CVE-2025-90001" and len(banks) == 3
    assert {line["cve"]: line["question"] for line in ferrys} == {
        **{line["cve"]: "now" for line in banks},
        "CVE-2025-90007": "next",
    }
    assert banks[0]["epss"] == [["v2025.03.14", (MORNING.date() - datetime(1970, 1, 1).date()).days, 90_000]]
    assert banks[0]["product"] == "Harbourgate Edge Firewall"
    assert abs(sum(reason[0] or 0 for reason in banks[0]["reasons"]) - banks[0]["number"]) < 0.5


def test_the_next_edition_knows_the_one_before(works: Works) -> None:
    works.open_for(BANK)
    works.brain.admin.execute("UPDATE company.streams SET max_growth = 9")
    works.run("deliver")
    works.take_in("kev", kev(*map(kev_entry, range(4)), at="2026-03-11T08:00:00.1234Z"))
    works.run("link", "score", "deliver")

    first, second = works.rows(LINES)

    before = _data(works, second["s3_key"])["before"]
    assert datetime.fromisoformat(before["as_of"]) == first["as_of"]
    assert {cve: entry[0] for cve, entry in before["entries"].items()} == {f"CVE-2025-9000{n}": "now" for n in range(3)}
    assert (first["entries"], len(second["entries"])) == (None, 4)


def test_the_owners_yes_is_to_the_page_and_its_dashboard(works: Works) -> None:
    works.open_for(BANK)
    works.brain.owner.run("set_approval", action="deliver", level="ask")
    works.run("deliver")
    (waiting,) = works.rows(LINES)
    with works.brain.admin as admin:
        admin.execute("UPDATE company.dashboards SET page = %s", (gzip.compress(b"another page"),))
    question = works.value("SELECT max(id) FROM company.decisions")
    works.brain.owner.run("answer_decision", decision_id=question, option="yes", words=None)

    works.run("deliver")

    assert works.value("SELECT status FROM company.deliveries") == "refused"
    assert works.value("SELECT count(*) FROM company.findings WHERE kind = 'changed_after_yes'") == 1
    assert works.cloud.client("s3").list_objects_v2(Bucket="works", Prefix="feeds/").get("KeyCount") == 0
    assert (waiting["put_at"], works.rows(LINES)[0]["page"]) == (None, None)


def test_a_page_does_not_wait_for_its_dashboard(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> None:
        raise ValueError("no dashboard today")

    works.open_for(BANK)
    monkeypatch.setattr(dashboards, "sign_link", fails)

    (fire,) = works.run("deliver")

    assert fire["evidence"]["sent"] == 1
    assert works.rows(LINES) == []
    assert "dashboard" not in works.value("SELECT body FROM company.deliveries")


def test_a_page_is_sent_even_where_its_dashboard_cannot_be_put(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> None:
        raise ValueError("the bucket is full")

    works.open_for(BANK)
    monkeypatch.setattr(dashboards, "put_packed", fails)

    (fire,) = works.run("deliver")

    assert fire["evidence"]["sent"] == 1
    assert [(kept["put_at"], kept["page"]) for kept in works.rows(LINES)] == [(None, None)]
    assert works.brain.as_role("deliver").all("dashboard_before", customer_id=1) == []


def test_a_link_by_temporary_credentials_ends_before_they_can(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    works.open_for(BANK)
    s3 = boto3.client(
        "s3",
        "us-east-1",
        endpoint_url=works.cloud.endpoint_url,
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
        aws_access_key_id="a",
        aws_secret_access_key="b",
        aws_session_token="temporary",
    )
    monkeypatch.setitem(works.cloud._clients, "s3", s3)
    works.run("deliver")

    asked = parse_qs(urlsplit(_link(works.value("SELECT body FROM company.deliveries"))).query)

    assert asked["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"] and "X-Amz-Security-Token" in asked
    assert asked["X-Amz-Expires"] == [str(int(signed_links.BY_A_FUNCTION.total_seconds()))]
    (kept,) = works.rows(LINES)
    assert kept["link_ends_at"] - kept["as_of"] == signed_links.BY_A_FUNCTION


def test_a_link_by_the_owners_key_lasts_seven_days(works: Works) -> None:
    works.open_for(BANK)
    works.cloud.client("ssm").put_parameter(
        Name=link_key_parameter(works.brain.company.name), Value="AKIAREADER a-secret\n", Type="SecureString"
    )
    works.run("deliver")

    body = works.value("SELECT body FROM company.deliveries")
    asked = parse_qs(urlsplit(_link(body)).query)

    assert asked["X-Amz-Credential"][0].startswith("AKIAREADER/") and "X-Amz-Security-Token" not in asked
    assert asked["X-Amz-Expires"] == ["604800"]
    assert "(opens until 18 March 2026 07:" in " ".join(body.split())


def test_the_owners_key_for_links_is_read_once_a_fire_and_anew_by_the_next(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    works.open_for(BANK, FERRY)
    works.brain.admin.execute("UPDATE company.streams SET max_growth = 9")
    ssm, name = works.cloud.client("ssm"), link_key_parameter(works.brain.company.name)
    asking = Mock(side_effect=fetch_secret)
    ssm.put_parameter(Name=name, Value="AKIAFIRST a-secret", Type="SecureString")
    monkeypatch.setattr(signed_links, "fetch_secret", asking)

    works.run("deliver")
    ssm.put_parameter(Name=name, Value="AKIASECOND a-secret", Type="SecureString", Overwrite=True)
    works.take_in("kev", kev(*map(kev_entry, range(4)), at="2026-03-11T08:00:00.1234Z"))
    works.run("link", "score", "deliver")

    bodies = [row["body"] for row in works.rows("SELECT body FROM company.deliveries ORDER BY id")]
    signed_by = [parse_qs(urlsplit(_link(body)).query)["X-Amz-Credential"][0].split("/")[0] for body in bodies]
    assert signed_by == ["AKIAFIRST", "AKIAFIRST", "AKIASECOND", "AKIASECOND"]
    assert [asked.args[1] for asked in asking.mock_calls] == [name, name]


@pytest.mark.parametrize("role", ["score", "content_worker", "ceo"])
def test_nobody_else_writes_dashboards(works: Works, role: str) -> None:
    with refused(NO_RIGHT):
        works.brain.as_role(role).run(
            "write_dashboard", delivery_id=1, s3_key="x", page=b"x", entries={}, link_ends_at=MORNING
        )


def test_what_is_handled_leaves_the_lists_and_is_shown_apart(works: Works) -> None:
    works.open_for(BANK)
    works.brain.owner.run("handle", customer="Alder Bank", entity="CVE-2025-90000", note="done")

    works.run("deliver")

    (kept,) = works.rows(LINES)
    text = gzip.decompress(_object(works, kept["s3_key"])["Body"].read()).decode()
    lines = _data(works, kept["s3_key"])["lines"]
    assert {line["cve"] for line in lines} == {"CVE-2025-90001", "CVE-2025-90002"}
    assert "<tr><td>CVE-2025-90000</td>" in text and "off your lists" in text
    assert lines[0]["handle"] == f'watchbill customers handle "Alder Bank" {lines[0]["cve"]}'


def test_where_there_is_a_page_for_it_a_line_has_its_own_link_to_mark_it_as_handled(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    works.open_for(BANK)
    monkeypatch.setattr(handle_links, "addresses", lambda *_: lambda entity: f"https://console.invalid/h/{entity}")

    works.run("deliver")

    (kept,) = works.rows(LINES)
    lines = _data(works, kept["s3_key"])["lines"]
    assert len(lines) == 3
    assert all(line["handle"] == f"https://console.invalid/h/{line['cve']}" for line in lines)
