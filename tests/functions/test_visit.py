"""A form of the console is one of its session and its address, and whoever guesses the key waits."""

from urllib.parse import urlencode

import pytest

from company.console.site import Site
from tests.support.acts import ask_decision
from tests.support.brains import TestBrain
from tests.support.consoles import EVENT, FORM, KEY, Visitor, form_key, site_over


@pytest.fixture
def site(brain: TestBrain) -> Site:
    """The console over a brain in which one question waits."""
    ask_decision(brain, answer_by=brain.now().replace(hour=12))
    return site_over(brain)


@pytest.mark.parametrize("path", ["/logout", "/answer", "/findings/mute", "/roles/pause", "/slots/again"])
def test_a_button_without_a_field_is_checked_like_any_other_form(site: Site, path: str) -> None:
    visitor = Visitor(site).log_in()
    tries: dict[int, dict[str, str]] = {
        403: {"content-type": FORM, "sec-fetch-site": "cross-site"},
        415: {"content-type": "text/plain"},
    }

    for status, headers in tries.items():
        visitor.headers = headers
        assert visitor.ask("POST", path)["statusCode"] == status
        assert visitor.ask("POST", path, body="", headers=headers)["statusCode"] == status
    assert visitor.ask("POST", path, headers={})["statusCode"] == 415

    visitor.headers = {}
    assert visitor.post(path)["statusCode"] == 403
    assert visitor.get("/")["statusCode"] == 200


def test_a_form_of_another_session_another_address_or_nobody_does_nothing(brain: TestBrain, site: Site) -> None:
    visitor, other = Visitor(site).log_in(), Visitor(site).log_in()
    body = visitor.get("/")["body"]
    key = form_key(body, "/answer")
    nonce, _, signature = key.partition(".")
    changed = ("0" if signature[0] != "0" else "1") + signature[1:]
    wrong = ["", ".", key[:-1], f"{nonce}.{changed}", f"x{key}", form_key(body, "/logout"), "é.é"]
    wrong.append(form_key(other.get("/")["body"], "/answer"))

    answers = [visitor.post("/answer", form_key=text, decision="1", option="yes") for text in wrong]

    assert {answer["statusCode"] for answer in answers} == {403}
    assert brain.sql("owner", "SELECT answered_at FROM company.decisions")[0]["answered_at"] is None


def test_whoever_guesses_keys_waits_and_nobody_else_does(site: Site) -> None:
    guesses = [Visitor(site).post("/login", key=f"{n:032}")["statusCode"] for n in range(10)]
    late = Visitor(site).post("/login", key=KEY)
    http = {**EVENT["requestContext"]["http"], "method": "POST", "sourceIp": "192.0.2.9"}
    elsewhere = Visitor(site).ask(
        "POST", "/login", body=urlencode({"key": KEY}), rawPath="/login", requestContext={"http": http}
    )

    assert set(guesses) == {401}
    assert (late["statusCode"], elsewhere["statusCode"]) == (429, 303)
