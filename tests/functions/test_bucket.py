"""Nothing leaves that a reader cannot see: whatever stands in the brain, pages, files, mail and answers are clean."""

import gzip
import json
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock, patch

import pytest

from company.aws import mail
from company.aws.bucket import pack_page
from company.aws.function_url import finish
from company.fire.session import handler_for
from company.owner.alerts import Alert, _by_mail
from company.text.cleaning import visible, visible_line, visible_page
from company.vertical import Customer
from tests.functions.office import Office
from tests.pipeline.works import epss_of, kev, kev_entry
from tests.support import rss
from tests.support.staff import FUNCTIONS

BAD = "\u202e\u200bGate\x0bway\x1b[31m\u2066 \u0639\u0631\u0628\u064a \U0001f468\u200d\U0001f469"
WORSE = f"{BAD}\x00\ud83d"
"""As above, with what Postgres does not take."""
SCRIPT = "let x = 1;\n" * 9_000
READ_BY_PEOPLE = ("pages/", "feeds/")


@pytest.fixture
def newsroom(office: Office) -> Office:
    """Ten things scored, and one customer of each kind."""
    office.works.take_in("kev", kev(*(kev_entry(n) for n in range(10))))
    office.works.take_in("epss", epss_of(10), at="2026-03-10T12:55:00Z")
    office.works.run("link", "score")
    office.works.open_for(
        Customer("Alder Bank", "a@alder-bank.invalid", "brief", {"min_score": 0}),
        Customer("Northferry", "n@northferry.invalid", "feed", {"min_score": 0}),
    )
    return office


def _spoil(office: Office) -> None:
    """Past the door, which would have taken the signs out: names, and the posts that an auditor approved."""
    with office.works.brain.admin as admin:
        admin.execute("SET session_replication_role = replica")
        names = "vendor = %(bad)s, product = 'Edge ' || %(bad)s, title = %(bad)s"
        admin.execute(f"UPDATE patchfirst.kev SET {names}".encode(), {"bad": BAD})
        admin.execute("UPDATE company.drafts SET title = title || %(bad)s, body = body || %(bad)s", {"bad": BAD})


def _objects(office: Office) -> Iterator[tuple[str, str]]:
    s3 = office.works.cloud.client("s3")
    for found in s3.list_objects_v2(Bucket="works").get("Contents", []):
        if found["Key"].startswith(READ_BY_PEOPLE):
            answer = s3.get_object(Bucket="works", Key=found["Key"])
            body = answer["Body"].read()
            yield found["Key"], (gzip.decompress(body) if answer.get("ContentEncoding") == "gzip" else body).decode()


def _sent(office: Office) -> list[dict[str, Any]]:
    """What SES was asked to send, attachments too."""
    client, mails = office.works.cloud.client("sesv2"), []
    send = client.send_email

    def kept(**asked: Any) -> Any:
        mails.append(asked)
        return send(**asked)

    with patch.object(client, "send_email", kept), patch.object(office.works.cloud, "client", _always(office, client)):
        office.run("deliver")
    return mails


def _always(office: Office, client: Any) -> Any:
    make = office.works.cloud.client
    return lambda name: client if name == "sesv2" else make(name)


def _is_clean(text: str) -> bool:
    return visible(text) == text.removesuffix("\n")


def test_what_a_day_puts_out_holds_only_what_can_be_seen(newsroom: Office) -> None:
    newsroom.works.brain.owner.run("set_approval", action="publish", level="open")
    for role in ("content_manager", "content_worker", "content_auditor"):
        newsroom.run(role)
    _spoil(newsroom)

    mails = _sent(newsroom)
    for role in ("link", "publish", "org_page", "ceo"):
        newsroom.run(role)

    objects = dict(_objects(newsroom))
    # A spreadsheet knows by the mark at its beginning that a CSV is UTF-8; its lines end as RFC 4180 says.
    seen = {
        key: text.removeprefix("\ufeff").replace("\r\n", "\n") if key.endswith(".csv") else text
        for key, text in objects.items()
    }
    assert {key for key, text in seen.items() if not _is_clean(text)} == set()
    assert any(key.startswith("feeds/1/dashboard/") for key in objects)
    assert {"pages/posts/feed.xml", "pages/org.html", "feeds/2/index.json"} <= objects.keys()
    assert rss.faults(objects["pages/posts/feed.xml"]) == []
    content = mails[0]["Content"]["Simple"]
    texts = [content["Body"]["Text"]["Data"], *(file["RawContent"].decode() for file in content.get("Attachments", []))]
    assert all(_is_clean(text) for text in texts)
    assert "\u0639\u0631\u0628\u064a" in texts[0]


@pytest.mark.parametrize("constant", ["", SCRIPT, "let x = 1;", "what does not stand in it"])
def test_a_packed_page_is_the_page_whatever_of_it_was_packed_before(constant: str) -> None:
    page = f"<p>{WORSE}</p>\n<script>{SCRIPT}</script>\n"

    packed = pack_page(page, constant)

    assert gzip.decompress(packed).decode() == visible_page(page)
    assert pack_page(page, constant) == packed
    assert zlib.decompressobj(wbits=31).decompress(packed).decode() == visible_page(page), (
        "one member, as browsers read"
    )


def test_a_subject_is_one_line_and_no_machine_answers() -> None:
    client = Mock(send_email=Mock(return_value={"MessageId": "m"}))
    settings = SimpleNamespace(mail_set="", mail_from="us@example.invalid")
    fire: Any = SimpleNamespace(settings=settings, cloud=SimpleNamespace(client=lambda _: client))

    mail.send_mail(
        fire,
        outbox_id=1,
        to="a@example.invalid",
        subject="News\r\nBcc: all@example.invalid\u2028x",
        text=f"One\r\nTwo {WORSE}\n",
        html=f"<p>{WORSE}</p>",
        attached=mail.Attachment("changes.json", [{WORSE: [WORSE]}]),
    )

    simple = client.send_email.call_args.kwargs["Content"]["Simple"]
    assert simple["Subject"]["Data"] == "News Bcc: all@example.invalid x"
    assert simple["Headers"] == [{"Name": "Auto-Submitted", "Value": "auto-generated"}]
    assert _is_clean(simple["Body"]["Text"]["Data"])
    assert _is_clean(simple["Body"]["Html"]["Data"])
    assert json.loads(simple["Attachments"][0]["RawContent"]) == [{visible(WORSE): [visible(WORSE)]}]


def test_the_consoles_pages_are_clean() -> None:
    page = {"statusCode": 200, "headers": {"Content-Type": "text/html"}, "body": f"<p>{WORSE}</p>\n"}

    assert finish(page, without_body=False)["body"] == f"<p>{visible(WORSE)}</p>\n"


def test_an_alert_is_clean() -> None:
    sent = _alerted(f"T\n{WORSE}")

    assert sent["Subject"].isprintable()
    assert _is_clean(sent["Message"])


def test_the_subject_of_an_alert_is_as_long_as_sns_takes_it() -> None:
    """Less than 100 signs, by its documentation; moto takes one more."""
    assert 90 < len(_alerted("a finding with a long title " * 20)["Subject"]) < 100


def _alerted(title: str) -> dict[str, str]:
    """What SNS is given of an alert."""
    client = Mock(publish=Mock(return_value={"MessageId": "m"}))
    settings = SimpleNamespace(owner_topic_arn="arn", owner_email="o@example.invalid", owner_timezone="UTC", desk="")
    fire: Any = SimpleNamespace(
        settings=settings,
        cloud=SimpleNamespace(client=lambda _: client),
        vertical=SimpleNamespace(title="PatchFirst"),
        log=Mock(),
    )
    found = {"found_by": "check", "found_at": datetime(2026, 3, 11, tzinfo=UTC).isoformat(), "watcher": "ceo"}
    facts = {"title": title, "effect": WORSE, "planted": False, **found}

    _by_mail(fire, Alert(1, "finding", "today", facts, 1, None, 1, {}))

    sent: dict[str, str] = client.publish.call_args.kwargs
    return sent


def test_the_answer_of_a_function_is_clean() -> None:
    answer = {"outcome": "skipped", "reason": WORSE, "evidence": {"names": [WORSE]}}
    with (
        patch("company.fire.session.wire"),
        patch("company.fire.session.run_with_pings", lambda *_: answer),
    ):
        given = handler_for(str(FUNCTIONS / "deliver" / "handler.py"), SimpleNamespace())({}, None)  # type: ignore[arg-type]

    assert given == {"outcome": "skipped", "reason": visible(WORSE), "evidence": {"names": [visible(WORSE)]}}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\tb\r\n c", "a b c"),
        ("\u202ea\u2029b", "a b"),
        ("\u05e9\u05dc\u200f\u05d5\u05dd", "\u05e9\u05dc\u05d5\u05dd"),
    ],
)
def test_a_line_keeps_its_letters(text: str, line: str) -> None:
    assert visible_line(text) == line
