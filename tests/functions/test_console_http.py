"""The console through real HTTP, as a browser and as somebody who means it no good."""

import urllib3

from company.console import Site, respond
from company.console.web import MOST_BODY
from tests.functions.test_console import FORM, KEY, link, site, woken
from tests.support.brains import TestBrain
from watchbill.cloud.function_urls import desk_address, serving

__all__ = ["link", "site", "woken"]


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
