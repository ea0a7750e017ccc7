"""console: shows pages, and only a button answers; everything else needs the key."""

import base64
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
import urllib3

from company.aws.function_url import MOST_BODY, POLICY
from company.console.app import respond
from company.console.site import Site
from company.json_values import JsonObject
from company.owner import decision_links
from tests.support import days
from tests.support.acts import ask_decision
from tests.support.brains import TestBrain
from tests.support.consoles import EVENT, FORM, KEY, Visitor, form_key, site_over
from watchbill.cloud.desk_addresses import desk_address
from watchbill.cloud.function_urls import serving

CHANGES = (
    "SELECT (SELECT count(*) FROM company.decision_links) AS links, answered_at FROM company.decisions WHERE id = 1"
)
PAGES = ("/", "/briefs", "/company", "/schedules", "/findings")
Ask = Callable[..., JsonObject]


@pytest.fixture
def woken() -> list[str]:
    return []


@pytest.fixture
def site(brain: TestBrain, woken: list[str]) -> Site:
    """The console over the test's brain, by its own login."""
    return site_over(brain, woken)


@pytest.fixture
def ask(site: Site) -> Ask:
    """ask(method, path, **form) is one request; cookies= those that it carries."""

    def asked(method: str, path: str, *, cookies: tuple[str, ...] = (), **form: str) -> JsonObject:
        return Visitor(site, cookies).ask(method, path, body=urlencode(form))

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
    assert seen[-1]["headers"]["allow"] == "GET, HEAD, POST"
    assert 'name="option" value="yes"' in seen[0]["body"]
    assert seen[1]["body"] == ""
    assert brain.as_login("migrate").execute(CHANGES).fetchall() == before


def test_a_button_answers_once_and_wakes_the_asker(brain: TestBrain, ask: Ask, link: str, woken: list[str]) -> None:
    first = ask("POST", link, option="yes", words="from Monday on")
    again = ask("POST", link, option="no")

    assert (first["statusCode"], again["statusCode"]) == (200, 410)
    assert "data_manager was called." in first["body"]
    assert "a link answers once" in again["body"]
    row = brain.owner.one("subject_of_decision", id=1)
    assert row is not None
    assert (row["answer"], row["answer_text"], row["answered_by"]) == ("yes", "from Monday on", "owner")
    assert woken == ["data_manager"]


def test_a_condition_beside_a_yes_that_acts_is_handed_back_and_nothing_is_done(brain: TestBrain, ask: Ask) -> None:
    ask_decision(brain, answer_by=brain.now().replace(hour=12), subject={"schedule": "data_auditor"})
    link = decision_links.issue(brain.as_role("ceo"), 1)

    seen = ask("POST", link, option="yes", words="not before Friday")

    assert seen["statusCode"] == 422
    assert "is done at once" in seen["body"] and ">not before Friday</textarea>" in seen["body"]
    row = brain.owner.one("subject_of_decision", id=1)
    assert row is not None and row["answered_at"] is None


def test_text_alone_is_an_answer_and_an_empty_form_is_none(brain: TestBrain, ask: Ask, link: str) -> None:
    empty = ask("POST", link, option="", words="  ")
    ask("POST", link, option="", words="ask me in April")

    assert empty["statusCode"] == 422
    row = brain.owner.one("subject_of_decision", id=1)
    assert row is not None
    assert (row["answer"], row["answer_text"]) == (None, "ask me in April")


def test_lines_are_kept_as_they_were_typed_up_to_the_last_word(brain: TestBrain, ask: Ask, link: str) -> None:
    """A browser counts a line's end as one character of maxlength, and sends it as two."""
    typed = "\n".join(["Not before Friday.", "Ask Ann first."] * 58) + "\nNever without her"
    assert len(typed) <= 2000 < len(typed.replace("\n", "\r\n"))

    ask("POST", link, option="", words=typed.replace("\n", "\r\n"))

    [kept] = brain.sql("owner", "SELECT answer_text FROM company.decisions")
    assert kept["answer_text"] == typed


def test_a_link_that_expired_or_that_nobody_issued_shows_no_question(brain: TestBrain, ask: Ask, link: str) -> None:
    forged = ask("POST", "/d/" + "a" * 32, option="yes")
    brain.wait(hours=6)
    late = [ask("GET", link), ask("POST", link, option="yes")]

    assert forged["statusCode"] == 404
    assert [answer["statusCode"] for answer in late] == [410, 410]
    assert all("<form" not in answer["body"] for answer in (forged, *late))
    assert brain.owner.value("subject_of_decision", id=1) == 1
    assert brain.sql("owner", "SELECT answered_at FROM company.decisions")[0]["answered_at"] is None


@pytest.mark.parametrize("path", ["/", "/briefs", "/company", "/F-1", "/answer", "/nothing", "/d/short"])
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

    shown = {path: ask("GET", path, cookies=inside) for path in PAGES}

    assert {path: answer["statusCode"] for path, answer in shown.items()} == dict.fromkeys(shown, 200)
    assert "D-1" in shown["/"]["body"]
    assert "No brief yet" in shown["/briefs"]["body"]
    assert "Who watches the watchers" in shown["/company"]["body"]
    assert '<th scope="col">Schedule, and its watcher</th>' in shown["/schedules"]["body"]
    assert all('<nav id="menu"' in answer["body"] for answer in shown.values())


def test_a_question_is_answered_in_place_once(brain: TestBrain, site: Site, link: str, woken: list[str]) -> None:
    visitor = Visitor(site).log_in()
    key = form_key(visitor.get("/")["body"], "/answer")
    fields = {"form_key": key, "decision": "1", "option": "no", "back": "/"}

    page = visitor.follow(visitor.post("/answer", **fields))
    again = visitor.post("/answer", **{**fields, "option": "yes"})

    assert "D-1</a> is answered" in page and "data_manager</a> was called." in page
    assert (again["statusCode"], woken) == (409, ["data_manager"])
    assert "D-1 was answered &#34;no&#34; by owner." in again["body"], "as at the terminal"
    assert brain.sql("owner", "SELECT answer FROM company.decisions")[0]["answer"] == "no"


def test_logging_out_ends_every_copy_of_the_cookie_and_no_other_session(brain: TestBrain, site: Site) -> None:
    visitor, other = Visitor(site).log_in(), Visitor(site).log_in()
    copy = Visitor(site, visitor.cookies)

    out = visitor.send("/", "/logout")

    assert (out["statusCode"], "Max-Age=0" in out["cookies"][0]) == (303, True)
    assert copy.get("/")["statusCode"] == 401
    assert copy.post("/logout")["statusCode"] == 401
    assert other.get("/")["statusCode"] == 200
    brain.wait(hours=13)
    Visitor(site).log_in().send("/", "/logout")
    assert len(brain.as_login("migrate").execute("SELECT FROM company.console_logouts").fetchall()) == 1


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
    assert policy == POLICY and "unsafe" not in policy and "default-src 'none'" in policy
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

        page = http.request("GET", url, headers={"cookie": cookie})
        form = urlencode({"form_key": form_key(page.data.decode(), "/logout")}).encode()
        assert page.status == 200
        assert post("/logout", form, cookie=cookie, sec_fetch_site="cross-site") == 403
        assert post(link, b"option=yes&words=a%00b") == 400
        assert post(link, b"option=yes&words=" + b"x" * MOST_BODY) == 413
        assert http.request("GET", url, headers={"cookie": cookie}).status == 200
        assert post("/logout", form, cookie=cookie) == 303
        assert http.request("GET", url, headers={"cookie": cookie}).status == 401

    assert brain.sql("owner", "SELECT answered_at FROM company.decisions")[0]["answered_at"] is None


def test_after_ten_wrong_keys_of_one_address_the_next_is_asked_to_wait(ask: Ask) -> None:
    answers = [ask("POST", "/login", key="guessed") for _ in range(11)]

    assert [answer["statusCode"] for answer in answers] == [401] * 10 + [429]
    assert answers[-1]["headers"]["retry-after"] == "60"
