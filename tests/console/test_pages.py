"""Every page answers, says what is so, and takes nothing that a text of the brain holds for markup."""

import re
import socket
from contextlib import closing
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest

from company.aws.function_url import MOST_BODY
from company.console.linking import linked
from company.console.rendering import PAGES
from company.text.wording import moment_text
from tests.support.acts import ask_decision
from tests.support.brains import TestBrain
from tests.support.consoles import FORM, Visitor, site_over

HOSTILE = "<script>pwned()</script><img src=x onerror=pwned()>\"'><a href=javascript:pwned()>F-1</a>{{7*7}}{%x%}"
TEXTS = (
    ("findings", ("title", "effect")),
    ("decisions", ("question", "background", "unknown")),
    ("task_queue", ("title",)),
    ("session_log", ("body",)),
    ("roster", ("description",)),
    ("briefs", ("subject",)),
    ("customers", ("name",)),
    ("deliveries", ("subject", "body")),
    ("inbox", ("subject", "body")),
)
IDS = ("/F-1", "/D-1", "/L-1", "/B-1", "/S-1", "/roles/data_worker", "/schedules/data_worker", "/customers/1",
       "/pipelines/tides", "/agents/compare?a=1&b=S-1")  # fmt: skip
QUERIES = ("before=x", "before=-1", "before=99999999999999999999", "show=%00", "done=7", "mode='--", "a=1&" * 11,
           "before=1&before=2", "role=%ff")  # fmt: skip
NOTHING = ("/F-0", "/F-999999999999999999999", "/F-1%00", "/T-x", "/S-999", "/S-1.5", "/B-77", "/customers/0",
           "/customers/x", "/roles/nobody", "/pipelines/nobody", "/schedules/nobody", "/slots/x", "/slots/x@y",
           "/slots/data_worker@99999999", "/slots/data_worker@9999-12-31T23:59", "/briefs/2026-99-99",
           "/product/CVE-1", "/product/..%2F..%2Fetc",
           "/assets/0000000000000000/../web.py", "//evil.invalid")  # fmt: skip
EVERY = (*(path for path, _ in PAGES), *IDS)


class Tags(HTMLParser):
    """Every tag of a page that could do something, and every address that it leads to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.acting: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = dict(attrs)
        self.acting += [name for name in of if name.startswith("on") or name == "style"]
        self.acting += [tag] if tag in ("img", "iframe", "object", "style", "base", "embed") else []
        self.acting += [tag] if tag == "script" and not str(of.get("src")).startswith("/assets/") else []
        addresses = [str(of[name]) for name in ("href", "src", "action") if name in of]
        self.acting += [address for address in addresses if not re.match(r"/(?!/)|#", address)]


@pytest.mark.parametrize("path", EVERY)
def test_every_page_answers(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)

    assert answer["statusCode"] == 200, answer["body"]
    assert Tags(answer["body"]).acting == []
    assert answer["headers"]["cache-control"] == "no-store"


def test_the_page_of_a_slot_names_its_moment_where_the_owner_is(company_brain: TestBrain) -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    slot = company_brain.sql("owner", "SELECT schedule, due_at FROM company.slots ORDER BY due_at, schedule LIMIT 1")[0]

    visitor = Visitor(site_over(company_brain, zone=tokyo)).log_in()
    body = visitor.get(f"/slots/{slot['schedule']}@{slot['due_at']:%Y-%m-%dT%H:%M}")["body"]

    there = moment_text(slot["due_at"], company_brain.now(), tokyo)
    assert f"<title>Slot {slot['schedule']}, {there} - Tidewatch</title>" in body
    assert there[-5:] != f"{slot['due_at']:%H:%M}"


def test_a_question_that_nobody_answered_says_when_it_is_asked_again(brain: TestBrain) -> None:
    question = ask_decision(brain)
    brain.wait(days=1)
    brain.as_role("ceo").all("let_silence_answer")

    body = Visitor(site_over(brain)).log_in().get(f"/D-{question}")["body"]

    assert "Where it still stands it is asked again a week later, or when there is news." in body


def test_no_text_of_the_brain_becomes_markup_anywhere(company_brain: TestBrain, visitor: Visitor) -> None:
    admin = company_brain.admin
    with admin.transaction(force_rollback=False):
        admin.execute("SET LOCAL session_replication_role = replica")
        for table, columns in TEXTS:
            sets = ", ".join(f"{column} = left({column} || %(text)s, 300)" for column in columns)
            admin.execute(f"UPDATE company.{table} SET {sets}", {"text": HOSTILE})

    bodies = {path: visitor.get(path) for path in EVERY}

    assert {path: answer["statusCode"] for path, answer in bodies.items()} == dict.fromkeys(bodies, 200)
    assert {path: Tags(answer["body"]).acting for path, answer in bodies.items()} == {path: [] for path in bodies}
    assert sum("&lt;script&gt;pwned()" in answer["body"] for answer in bodies.values()) > 8
    assert not any("49" in answer["body"].split("pwned()")[-1][:90] for answer in bodies.values())


@pytest.mark.parametrize("path", NOTHING)
def test_an_address_of_nothing_says_so(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)

    assert answer["statusCode"] == 404, answer["body"]
    assert Tags(answer["body"]).acting == []


@pytest.mark.parametrize("query", QUERIES)
def test_what_an_address_asks_for_breaks_no_page(visitor: Visitor, query: str) -> None:
    answers = [
        visitor.get(f"{path}?{query}") for path in ("/", "/work", "/findings", "/agents", "/schedules/data_worker")
    ]

    assert {answer["statusCode"] for answer in answers} <= {200, 400}


def test_ids_are_links_however_a_message_names_them() -> None:
    said = linked("F-1 led to task 8 and root cause 17; ceo read batch 3; 5 tasks 9 <b>", ["ceo"], None)

    assert re.findall(r'href="([^"]+)"', said) == ["/F-1", "/T-8", "/T-17", "/roles/ceo", "/B-3"]
    assert said.endswith("; 5 tasks 9 &lt;b&gt;")


def test_only_its_own_session_reads_what_an_act_said(visitor: Visitor) -> None:
    location = visitor.send("/settings", "/settings/approval", action="publish", level="ask")["headers"]["location"]
    other = Visitor(visitor.site).log_in()

    assert "publish</a> is ask from now on" in visitor.get(location)["body"].split("<h1>")[0]
    assert "is ask from now on" not in other.get(location)["body"].split("<h1>")[0]


def test_what_is_asked_of_the_company_is_done_and_said(company_brain: TestBrain, visitor: Visitor) -> None:
    muted = visitor.follow(visitor.send("/F-1", "/findings/mute", finding="1", until="a day"))
    paused = visitor.follow(visitor.send("/roles/data_worker", "/roles/pause", role="data_worker", rests="yes"))
    limited = visitor.follow(visitor.send("/money", "/money/limit", whose="company", unit="usd", most="1.50"))
    stopped = visitor.follow(visitor.send("/settings", "/company/switch", value="stopped"))

    assert "is not reported until" in muted and "data_worker</a> is paused" in paused
    assert "company may use 1.50 usd a day" in limited and "The company is stopped" in stopped
    assert company_brain.owner.value("company_is") == "stopped"
    visitor.send("/settings", "/company/switch", value="running")
    visitor.send("/roles/data_worker", "/roles/pause", role="data_worker", rests="no")


@pytest.mark.parametrize(
    ("page", "action", "fields"),
    [
        ("/F-1", "/findings/mute", {"finding": "1", "until": "2020-01-01"}),
        ("/F-1", "/findings/mute", {"finding": "999", "until": "a day"}),
        ("/F-1", "/findings/mute", {"finding": "x", "until": "a day"}),
        ("/money", "/money/limit", {"whose": "company", "unit": "usd", "most": "-1"}),
        ("/money", "/money/limit", {"whose": "heartbeat", "unit": "usd", "most": "1"}),
        ("/money", "/money/limit", {"whose": "company", "unit": "usd", "most": "NaN"}),
        ("/settings", "/settings/approval", {"action": "deliver", "level": "wide"}),
        ("/settings", "/settings/approval", {"action": "nothing", "level": "open"}),
        ("/settings", "/company/switch", {"value": "stoped"}),
        ("/roles/data_worker", "/roles/pause", {"role": "heartbeat", "rests": "yes"}),
        ("/customers", "/customers/save", {"name": " ", "email": "a@b", "kind": "brief"}),
        ("/customers", "/customers/save", {"name": "A", "email": "nobody", "kind": "brief"}),
        ("/customers", "/customers/save", {"name": "A", "email": "a@b", "kind": "brief", "filters": "{"}),
        (
            "/customers",
            "/customers/save",
            {"name": "A", "email": "a@b", "kind": "brief", "filters": '{"min_score": 1, "min_score": 2}'},
        ),
    ],
)
def test_what_is_refused_changes_nothing_and_says_why(
    visitor: Visitor, page: str, action: str, fields: dict[str, str]
) -> None:
    answer = visitor.send(page, action, **fields)

    assert answer["statusCode"] in (400, 409, 422), answer["body"]
    assert "<h1>" in answer["body"]


def test_a_slow_client_and_a_big_body_delay_nobody(address: str) -> None:
    port = int(address.rsplit(":", 1)[1].rstrip("/"))
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(60)]
    for one in slow:
        one.sendall(b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nk")

    with closing(socket.create_connection(("127.0.0.1", port), timeout=10)) as quick:
        body = b"key=" + b"x" * (MOST_BODY * 2)
        head = f"POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: {len(body)}\r\n\r\n"
        quick.sendall(head.encode() + body)
        status = quick.recv(64).split()[1]

    for one in slow:
        one.close()
    assert status == b"413"
