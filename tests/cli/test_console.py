"""The owner's web page on the desk: the same handler, on loopback, with a key of its own."""

import json
import threading
from types import SimpleNamespace
from typing import Any

import pytest
import urllib3

from company.owner import decision_links
from tests.cli.conftest import Watchbill
from tests.support import days
from tests.support.brains import TestBrain
from watchbill.cli import last_desk
from watchbill.cli.commands import console
from watchbill.home import LastDay

FORM = {"content-type": "application/x-www-form-urlencoded"}


def test_the_page_is_served_on_loopback_to_a_browser_with_the_key(
    brain: TestBrain, last_day: LastDay, watchbill: Watchbill, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    days.a_bad_day(brain)
    seen: list[str] = []

    def visit(_: float | None) -> None:
        address = json.loads(capsys.readouterr().out)
        http = urllib3.PoolManager()
        refused = http.request("GET", address["url"])
        opened = http.request(
            "POST", address["url"] + "login", body=f"key={address['key']}".encode(), headers=FORM, redirect=False
        )
        cookie = opened.headers["set-cookie"]
        page = http.request("GET", address["url"], headers={"Cookie": cookie.split(";")[0]})
        http.clear()
        seen.extend([str(refused.status), cookie, page.data.decode()])

    monkeypatch.setattr(console, "wait_for_the_end", visit)

    result = watchbill("console", "--port", "0", "--json")

    assert result.code == 0, result.err
    assert seen[0] == "401"
    assert "HttpOnly" in seen[1]
    assert "Secure" not in seen[1]
    assert "1 decision waits for you." in seen[2]


def test_an_answer_by_its_button_wakes_who_asked(
    brain: TestBrain, last_day: LastDay, watchbill: Watchbill, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    days.a_bad_day(brain)
    [asked] = brain.sql("owner", "SELECT id, asked_by FROM company.decisions WHERE answered_at IS NULL")
    woken: list[str] = []

    def wake(role: str) -> SimpleNamespace:
        woken.append(role)
        return SimpleNamespace(is_ok=True, payload={"outcome": "done"})

    def answer(_: float | None) -> None:
        url = json.loads(capsys.readouterr().out)["url"]
        path = decision_links.issue(brain.as_role("ceo"), asked["id"])
        page = urllib3.request("POST", url.rstrip("/") + path, body=b"option=yes", headers=FORM)
        assert f"{asked['asked_by']} was called and has worked: done." in page.data.decode()

    monkeypatch.setattr(last_desk, "wake_asker", wake)
    monkeypatch.setattr(console, "wait_for_the_end", answer)
    result = watchbill("console", "--port", "0", "--json")

    assert (result.code, woken) == (0, [asked["asked_by"]]), result.err


def test_a_taken_port_is_named(last_day: LastDay, watchbill: Watchbill) -> None:
    from watchbill.cloud.function_urls import serving

    with serving(lambda event: {}, 0) as port:
        result = watchbill("console", "--port", str(port), "--for", "0")

    assert result.code != 0
    assert f"port {port} cannot be served" in result.err


def test_it_ends_by_itself_after_the_given_time(last_day: LastDay, watchbill: Watchbill) -> None:
    result = watchbill("console", "--port", "0", "--for", "0")

    assert "key: " in result.out
    assert not [thread for thread in threading.enumerate() if "serve_forever" in thread.name]
