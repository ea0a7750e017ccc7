"""The console over a test's brain, asked as a browser asks it: with cookies, and forms taken from its pages."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from company.console.app import respond
from company.console.site import Site
from company.json_values import JsonObject
from tests.support.brains import TestBrain

EVENT = json.loads((Path(__file__).resolve().parents[1] / "events" / "console.json").read_text())
KEY = "k" * 32
FORM = "application/x-www-form-urlencoded"


def site_over(brain: TestBrain, called: list[str] | None = None, **parts: Any) -> Site:
    """The console by its own login; called gets every role that it calls."""

    def call(role: str) -> str:
        if called is not None:
            called.append(role)
        return f"{role} was called."

    made = {"key": KEY, "title": "Tidewatch", "zone": ZoneInfo("UTC"), "desk": "sample data", "call": call, **parts}
    return Site(brain=lambda: brain.as_role("console"), **made)


@dataclass
class Visitor:
    """One browser: it keeps the console's cookie, and sends forms as its pages gave them out."""

    site: Site
    cookies: tuple[str, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, *, body: str = "", **more: Any) -> JsonObject:
        """One request; more replaces parts of the event."""
        path, _, query = path.partition("?")
        http = {**EVENT["requestContext"]["http"], "method": method, "path": path}
        event = {**EVENT, "rawPath": path, "rawQueryString": query, "requestContext": {"http": http}, "body": body}
        event["headers"] = {**EVENT["headers"], **({"content-type": FORM} if method == "POST" else {}), **self.headers}
        return respond(self.site, {**event, "cookies": list(self.cookies), **more})

    def get(self, path: str) -> JsonObject:
        return self.ask("GET", path)

    def post(self, path: str, /, **fields: str) -> JsonObject:
        return self.ask("POST", path, body=urlencode(fields))

    def log_in(self, key: str = KEY) -> "Visitor":
        self.cookies = tuple(one.split(";")[0] for one in self.post("/login", key=key)["cookies"])
        return self

    def send(self, page: str, to: str, /, **fields: str) -> JsonObject:
        """Sends the form that a page has for an address, with these fields."""
        return self.post(to, form_key=form_key(self.get(page)["body"], to), **fields)

    def follow(self, answer: JsonObject) -> str:
        """The page to which an act leads."""
        assert answer["statusCode"] == 303, answer["body"]
        return str(self.get(answer["headers"]["location"])["body"])


def form_key(body: str, action: str) -> str:
    """The hidden key of the page's first form to an address."""
    found = re.search(
        rf'action="{re.escape(action)}"[^>]*>\s*<input type="hidden" name="form_key" value="([^"]+)"', body
    )
    assert found, f"the page has no form to {action}"
    return found[1]
