"""console: shows pages, and only a button answers; everything else needs the key."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
import urllib3

from company.console.app import respond
from company.console.site import Site
from company.console.web import MOST_BODY, STYLE_HASH
from company.json_values import JsonObject
from company.owner import decision_links
from tests.support import days
from tests.support.acts import ask_decision
from tests.support.brains import TestBrain
from watchbill.cloud.function_urls import desk_address, serving

EVENT = json.loads((Path(__file__).resolve().parents[1] / "events" / "console.json").read_text())
KEY = "k" * 32
FORM = "application/x-www-form-urlencoded"
CHANGES = (
    "SELECT (SELECT count(*) FROM company.decision_links) AS links, answered_at FROM company.decisions WHERE id = 1"
)
Ask = Callable[..., JsonObject]


@pytest.fixture
def woken() -> list[str]:
    return []


@pytest.fixture
def site(brain: TestBrain, woken: list[str]) -> Site:
    """The console over the test's brain, by its own login."""

    def wake(role: str) -> bool:
        woken.append(role)
        return True

    brain_of = lambda: brain.as_role("console")  # noqa: E731  opens a brain, as Container.brain does
    return Site(brain=brain_of, key=KEY, title="Tidewatch", zone=ZoneInfo("UTC"), desk="sample data", wake=wake)


@pytest.fixture
def ask(site: Site) -> Ask:
    """ask(method, path, **form) is one request; cookies= those that it carries."""

    def asked(method: str, path: str, *, cookies: tuple[str, ...] = (), **form: str) -> JsonObject:
        http = {**EVENT["requestContext"]["http"], "method": method, "path": path}
        event = {**EVENT, "rawPath": path, "cookies": list(cookies), "requestContext": {"http": http}}
        event["headers"] = {**EVENT["headers"], **({"content-type": FORM} if method == "POST" else {})}
        return respond(site, {**event, "body": urlencode(form)} if form else event)

    return asked


@pytest.fixture
def link(brain: TestBrain) -> str:
    """The path of a link to an open question, with text of feeds in it."""
    ask_decision(brain, answer_by=brain.now().replace(hour=12), background="<script>alert(1)</script> & more")
    return decision_links.issue(brain.as_role("ceo"), 1)


@pytest.fixture
def inside(ask: Ask) -> tuple[str, ...]:
    """The cookie of somebody who gave the key."""
    return (ask("POST", "/login", key=KEY)["cookies"][0].split(";")[0],)


def test_a_mail_scanner_that_opens_every_link_answers_nothing(brain: TestBrain, ask: Ask, link: str) -> None:
    before = brain.as_login("migrate").execute(CHANGES).fetchall()

    seen = [ask(method, link) for method in ("GET", "HEAD", "GET", "OPTIONS", "PUT", "DELETE")]

    assert [answer["statusCode"] for answer in seen] == [200, 200, 200, 405, 405, 405]
    assert 'name="option" value="yes"' in seen[0]["body"]
    assert seen[1]["body"] == ""
    assert brain.as_login("migrate").execute(CHANGES).fetchall() == before


def test_a_button_answers_once_and_wakes_the_asker(brain: TestBrain, ask: Ask, link: str, woken: list[str]) -> None:
    first = ask("POST", link, option="yes", words="from Monday on")
    again = ask("POST", link, option="no")

    assert (first["statusCode"], again["statusCode"]) == (200, 410)
    assert "data_manager was woken" in first["body"]
    assert "a link answers once" in again["body"]
    row = brain.owner.one("subject_of_decision", id=1)
    assert row is not None
    assert (row["answer"], row["answer_text"], row["answered_by"]) == ("yes", "from Monday on", "owner")
    assert woken == ["data_manager"]


def test_text_alone_is_an_answer_and_an_empty_form_is_none(brain: TestBrain, ask: Ask, link: str) -> None:
    empty = ask("POST", link, option="", words="  ")
    ask("POST", link, option="", words="ask me in April")

    assert empty["statusCode"] == 422
    row = brain.owner.one("subject_of_decision", id=1)
    assert row is not None
    assert (row["answer"], row["answer_text"]) == (None, "ask me in April")


def test_a_link_that_expired_or_that_nobody_issued_shows_no_question(brain: TestBrain, ask: Ask, link: str) -> None:
    forged = ask("POST", "/d/" + "a" * 32, option="yes")
    brain.wait(hours=6)
    late = [ask("GET", link), ask("POST", link, option="yes")]

    assert forged["statusCode"] == 404
    assert [answer["statusCode"] for answer in late] == [410, 410]
    assert all("<form" not in answer["body"] for answer in (forged, *late))
    assert brain.owner.value("subject_of_decision", id=1) == 1
    assert brain.sql("owner", "SELECT answered_at FROM company.decisions")[0]["answered_at"] is None


@pytest.mark.parametrize("path", ["/", "/brief", "/org", "/slots", "/decisions/1/open", "/nothing", "/d/short"])
@pytest.mark.parametrize("cookie", ["", "console=", "console=99999999999.0", "console=x.y", "other=1"])
def test_without_the_key_there_is_only_the_login_page(ask: Ask, link: str, path: str, cookie: str) -> None:
    answers = [ask("GET", path, cookies=(cookie,)), ask("POST", path, cookies=(cookie,), a="b")]

    assert [answer["statusCode"] for answer in answers] == [401, 401]
    assert all("Key of the console" in answer["body"] and "a_feed" not in answer["body"] for answer in answers)


def test_the_right_key_is_accepted_for_half_a_day(brain: TestBrain, ask: Ask) -> None:
    wrong, right = ask("POST", "/login", key=KEY[:-1]), ask("POST", "/login", key=KEY)
    [cookie] = right["cookies"]
    carried = (cookie.split(";")[0],)

    assert (wrong["statusCode"], wrong["cookies"]) == (401, [])
    assert (right["statusCode"], right["headers"]["location"]) == (303, "/")
    assert KEY not in cookie
    assert {"HttpOnly", "SameSite=Strict", "Secure", "Path=/"} <= set(cookie.split("; "))
    assert ask("GET", "/", cookies=carried)["statusCode"] == 200
    brain.wait(hours=12)
    assert ask("GET", "/", cookies=carried)["statusCode"] == 401


@pytest.mark.parametrize("key", ["", "short"])
def test_a_console_without_a_real_key_accepts_no_login(site: Site, key: str) -> None:
    shut = Site(**{**vars(site), "key": key})
    body = {"body": urlencode({"key": key}), "headers": {"content-type": FORM}}
    http = {**EVENT["requestContext"]["http"], "method": "POST"}

    answer = respond(shut, {**EVENT, **body, "rawPath": "/login", "requestContext": {"http": http}})

    assert (answer["statusCode"], answer["cookies"]) == (401, [])


def test_the_pages_show_what_the_commands_show(brain: TestBrain, ask: Ask) -> None:
    days.a_bad_day(brain)
    inside = (ask("POST", "/login", key=KEY)["cookies"][0].split(";")[0],)

    shown = {path: ask("GET", path, cookies=inside) for path in ("/", "/brief", "/org", "/slots")}

    assert {path: answer["statusCode"] for path, answer in shown.items()} == dict.fromkeys(shown, 200)
    assert "D-1" in shown["/"]["body"]
    assert "No brief yet" in shown["/brief"]["body"]
    assert "WHO WATCHES THE WATCHERS" in shown["/org"]["body"]
    assert '<th scope="col">schedule</th>' in shown["/slots"]["body"]
    assert all("<nav>" in answer["body"] for answer in shown.values())


def test_a_question_is_opened_from_the_list_by_a_button(
    brain: TestBrain, ask: Ask, link: str, inside: tuple[str, ...]
) -> None:
    opened = ask("POST", "/decisions/1/open", cookies=inside)
    ask("POST", opened["headers"]["location"], option="no")
    late = ask("POST", "/decisions/1/open", cookies=inside)

    assert opened["statusCode"] == 303
    assert late["statusCode"] == 409
    assert brain.sql("owner", "SELECT answer FROM company.decisions")[0]["answer"] == "no"


def test_logging_out_ends_every_copy_of_the_cookie_and_no_other_session(
    brain: TestBrain, ask: Ask, inside: tuple[str, ...]
) -> None:
    other = (ask("POST", "/login", key=KEY)["cookies"][0].split(";")[0],)

    out = ask("POST", "/logout", cookies=inside)

    assert (out["statusCode"], "Max-Age=0" in out["cookies"][0]) == (303, True)
    assert ask("GET", "/", cookies=inside)["statusCode"] == 401
    assert ask("POST", "/logout", cookies=inside)["statusCode"] == 401
    assert ask("GET", "/", cookies=other)["statusCode"] == 200
    brain.wait(hours=13)
    later = (ask("POST", "/login", key=KEY)["cookies"][0].split(";")[0],)
    ask("POST", "/logout", cookies=later)
    assert len(brain.as_login("migrate").execute("SELECT FROM company.console_logouts").fetchall()) == 1


@pytest.mark.parametrize("path", ["/logout", "/decisions/1/open"])
def test_a_button_without_a_field_is_checked_like_any_other_form(
    site: Site, ask: Ask, link: str, inside: tuple[str, ...], path: str
) -> None:
    http = {**EVENT["requestContext"]["http"], "method": "POST", "path": path}
    post = {**EVENT, "rawPath": path, "cookies": list(inside), "requestContext": {"http": http}}
    tries = {403: {"content-type": FORM, "sec-fetch-site": "cross-site"}, 415: {"content-type": "text/plain"}}

    for status, headers in tries.items():
        assert respond(site, {**post, "headers": headers})["statusCode"] == status
        assert respond(site, {**post, "headers": headers, "body": ""})["statusCode"] == status
    assert respond(site, {**post, "headers": {}})["statusCode"] == 415

    assert ask("GET", "/", cookies=inside)["statusCode"] == 200


@pytest.mark.parametrize("mark", ["\x00", "\x1b", "\x7f", "\x85", "\uffff"])
@pytest.mark.parametrize("field", ["words", "option"])
def test_what_cannot_be_stored_is_a_request_that_says_so_and_no_trouble_of_the_brain(
    ask: Ask, link: str, mark: str, field: str
) -> None:
    answer = ask("POST", link, **{"option": "yes", "words": "fine", field: f"a{mark}b"})

    assert answer["statusCode"] == 400
    assert f"The character U+{ord(mark):04X} cannot be stored" in answer["body"]
    assert "brain" not in answer["body"]
    assert ask("POST", link, option="yes", words="line\r\nline\tÜ 👩‍💻")["statusCode"] == 200


def test_what_comes_from_the_brain_is_escaped_and_no_script_may_run(ask: Ask, link: str) -> None:
    answer = ask("GET", link)

    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in answer["body"]
    assert "<script" not in answer["body"]
    policy = answer["headers"]["content-security-policy"]
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; form-action 'self'")
    assert answer["headers"]["referrer-policy"] == "no-referrer"
    assert answer["headers"]["cache-control"] == "no-store"


def test_a_form_is_bounded_and_is_a_form_of_ours(site: Site, brain: TestBrain, link: str) -> None:
    http = {**EVENT["requestContext"]["http"], "method": "POST"}
    post = {**EVENT, "rawPath": link, "requestContext": {"http": http}, "headers": {"content-type": FORM}}
    long = "option=yes&words=" + "x" * MOST_BODY
    tries: dict[int, dict[str, Any]] = {
        413: {"body": long},
        415: {"body": "{}", "headers": {"content-type": "application/json"}},
        403: {"body": "option=yes", "headers": {"content-type": FORM, "sec-fetch-site": "cross-site"}},
        400: {"body": "&".join(f"f{n}=1" for n in range(50))},
    }

    seen = {status: respond(site, {**post, **how})["statusCode"] for status, how in tries.items()}
    encoded = respond(site, {**post, "body": base64.b64encode(long.encode()).decode(), "isBase64Encoded": True})
    broken = respond(site, {**post, "body": "not base64!", "isBase64Encoded": True})

    assert seen == {status: status for status in tries}
    assert (encoded["statusCode"], broken["statusCode"]) == (413, 400)
    assert brain.sql("owner", "SELECT answered_at FROM company.decisions")[0]["answered_at"] is None


@pytest.mark.parametrize("event", [{}, None, [], {"requestContext": {}}, {"requestContext": {"http": None}}])
def test_what_is_no_request_gets_a_plain_answer(site: Site, event: Any) -> None:
    assert respond(site, event)["statusCode"] == 400


def test_a_brain_that_does_not_answer_is_reported_on_the_page(site: Site, ask: Ask, brain: TestBrain) -> None:
    brain.as_role("console").connection.close()

    assert ask("GET", "/d/" + "a" * 32)["statusCode"] == 503


def test_the_owner_comes_and_goes_and_the_copied_cookie_opens_nothing(site: Site, brain: TestBrain, link: str) -> None:
    with serving(lambda event: respond(site, event), 0) as port, urllib3.PoolManager() as http:
        url = desk_address(port)

        def post(path: str, body: bytes = b"", **headers: str) -> int:
            sent = {"content-type": FORM, **{name.replace("_", "-"): value for name, value in headers.items()}}
            return http.request("POST", url + path.lstrip("/"), body=body, headers=sent, redirect=False).status

        opened = http.request("POST", url + "login", body=f"key={KEY}", headers={"content-type": FORM}, redirect=False)
        cookie = opened.headers["set-cookie"].split(";")[0]

        assert http.request("GET", url, headers={"cookie": cookie}).status == 200
        assert post("/logout", cookie=cookie, sec_fetch_site="cross-site") == 403
        assert post(link, b"option=yes&words=a%00b") == 400
        assert post(link, b"option=yes&words=" + b"x" * MOST_BODY) == 413
        assert http.request("GET", url, headers={"cookie": cookie}).status == 200
        assert post("/logout", cookie=cookie) == 303
        assert http.request("GET", url, headers={"cookie": cookie}).status == 401

    assert brain.sql("owner", "SELECT answered_at FROM company.decisions")[0]["answered_at"] is None
