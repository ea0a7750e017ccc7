"""One request of somebody with the key: what pages read it from, and how an act of the owner's is done once."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import Router

from company.aws.function_url import BadRequest, Request
from company.brain import Brain
from company.console.login import ConsoleSession, sign
from company.console.site import Site
from company.text.wording import clipped

FIELD = "form_key"
LONGEST_SAID = 2000
"""Characters of what an act answered, as it is kept beside the act."""


@dataclass(frozen=True)
class Visit:
    """form: the fields of a post that is known to be from a form of this session, else empty."""

    site: Site
    request: Request
    session: ConsoleSession
    brain: Brain
    now: datetime
    form: Mapping[str, str] = field(default_factory=dict)
    roles: Sequence[str] = ()
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(16))

    def asked(self, name: str) -> str:
        """A parameter of the address, without blanks around it."""
        return self.request.parameters().get(name, "").strip()

    def number(self, name: str) -> int | None:
        """A parameter of the address that is a number; None where it is none."""
        text = self.asked(name)
        return int(text) if text.isascii() and text.isdecimal() and len(text) <= 15 else None

    def field(self, name: str, most: int = 2000) -> str:
        return self.form.get(name, "").strip()[:most]

    def says_yes(self, name: str) -> bool:
        """A field that a button of ours sets to yes or no; BadRequest for anything else, which may mean either."""
        if (said := self.field(name)) not in ("yes", "no"):
            raise BadRequest(422, f"{name} is yes or no.")
        return said == "yes"

    def form_key(self, path: str) -> str:
        """What a form to that path carries; no other site, no other session and no other form can know it."""
        return f"{self.nonce}.{_signature(self.site, self.session, self.nonce, path)}"

    def act(self, act: str, do: Callable[[], str]) -> int:
        """Does one thing for the owner, once for each form, and keeps what came of it; its number for the next page."""
        with self.brain.transaction():
            noted: int = self.brain.value(
                "note_console_act", form_key=self.form[FIELD], session_key=self.session.key, act=clipped(act, 200)
            )
            said = do()
        self.say(noted, said)
        return noted

    def say(self, noted: int, said: str) -> None:
        self.brain.run("say_console_act", act=noted, said=clipped(said, LONGEST_SAID))


def require_form(site: Site, session: ConsoleSession, request: Request) -> Mapping[str, str]:
    """The form of a post; BadRequest unless this console gave it out, to this session, for this address."""
    form = request.form()
    nonce, _, signature = form.get(FIELD, "").partition(".")
    if not secrets.compare_digest(signature.encode(), _signature(site, session, nonce, request.path).encode()):
        raise BadRequest(
            403, "This form is not from a page of this session. Open the page again, and send it from there."
        )
    return form


def visit_of(routes: Router) -> Visit:
    """The visit that a route answers."""
    visit: Any = routes.context["visit"]
    assert isinstance(visit, Visit)
    return visit


def _signature(site: Site, session: ConsoleSession, nonce: str, path: str) -> str:
    return sign(site, f"console form {session.key} {nonce} {path}")
