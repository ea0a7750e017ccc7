"""Behind a link that was mailed: one question to the owner, or one thing that a customer has handled.

The link is the right to answer. Reading it changes nothing, however often a mail scanner does so.
"""

import re
from typing import Any

from aws_lambda_powertools.event_handler import Response

from company.aws.function_url import BadRequest
from company.console.answers import LONGEST_ANSWER, describe_answer
from company.console.rendering import message, outside
from company.console.routing import new_routes
from company.console.rows import DecisionLink, WaitingEntry
from company.errors import Refused
from company.owner import decision_links
from company.owner.decisions import Decision
from company.pipeline.delivering import handle_links
from company.pipeline.delivering.handle_links import HandleLink
from company.text.wording import moment_text
from company.vertical.lookup import LONGEST_NOTE

TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
OVER = {
    "used": "This link has answered its question; a link answers once.",
    "answered": "This question was answered in the meantime.",
    "expired": "The time of this link is over; its question takes the default that it named.",
}
routes = new_routes()


@routes.get("/d/<token>")
def _ask(token: str, wrong: str = "", words: str = "") -> Response[Any]:
    """The question behind a link. Mail scanners open every link, so this changes nothing."""
    site = routes.context["site"]
    brain = site.brain()
    found = _link(token)
    if found is None:
        return message(site, site.title, "This is not a link of ours.", 404)
    if found.state != "open":
        return message(site, f"D-{found.decision_id}", OVER[found.state], 410)
    row = brain.row(Decision, "subject_of_decision", id=found.decision_id)
    return outside(
        site,
        "question.html.j2",
        422 if wrong else 200,
        row=row,
        path=decision_links.PATH + token,
        answer_by=moment_text(row.answer_by, brain.now(), site.zone),
        wrong=wrong,
        words=words,
        entries=brain.rows(WaitingEntry, "entries_waiting", decision_id=row.id),
    )


@routes.post("/d/<token>")
def _answer(token: str) -> Response[Any]:
    """Records the owner's answer, once, and calls the role that asked."""
    site, form = routes.context["site"], routes.context["request"].form()
    option, words = form.get("option") or None, form.get("words", "").strip()[:LONGEST_ANSWER] or None
    found = _link(token)
    if found is None or found.state != "open":
        return _ask(token)
    try:
        hashed = decision_links.hashed(token)
        asker = site.brain().value("answer_by_link", token_sha256=hashed, option=option, words=words)
    except Refused as refused:
        # Another answer was first, or this one is empty: the page shows the state of the question.
        return _ask(token, refused.sentence, words or "")
    row = site.brain().row(Decision, "subject_of_decision", id=found.decision_id)
    return message(site, f"D-{row.id} is answered", describe_answer(row, site.call(asker)))


def _link(token: str) -> DecisionLink | None:
    if not TOKEN.fullmatch(token):
        return None
    brain = routes.context["site"].brain()
    found: DecisionLink | None = brain.row(
        DecisionLink, "find_decision_link", token_sha256=decision_links.hashed(token)
    )
    return found


@routes.get("/h/<text>")
def _show(text: str) -> Response[Any]:
    """Asks whether it is handled; changes nothing."""
    site = routes.context["site"]
    return outside(site, "handled.html.j2", link=_open_link(text), path=handle_links.PATH + text, most=LONGEST_NOTE)


@routes.post("/h/<text>")
def _mark(text: str) -> Response[Any]:
    """Marks it; a second time changes nothing and says so."""
    site, link = routes.context["site"], _open_link(text)
    note = routes.context["request"].form().get("note", "").strip()[:LONGEST_NOTE]
    is_new = site.brain().value("handle_by_link", customer_id=link.customer_id, entity=link.entity, note=note)
    says = "It has left your lists." if is_new else "It was handled already; nothing has changed."
    return message(site, f"{link.entity} is handled", says)


def _open_link(text: str) -> HandleLink:
    site = routes.context["site"]
    link = handle_links.read(site.handle_key, text)
    if link is None:
        raise BadRequest(404, "This is not a link of ours.")
    if link.ends_at <= site.brain().now():
        raise BadRequest(410, "The time of this link is over; a newer page has a new one.")
    return link
