"""Routes requests to pages. A GET or a HEAD changes nothing; all pages but those behind a link need the key."""

import re
from collections.abc import Callable
from datetime import timedelta

from company.brief import BriefPage, html
from company.brief.rows import KeptBrief, OpenDecision
from company.console import handling, views
from company.console.login import ConsoleSession, is_key, log_out, new_cookie, open_session
from company.console.rows import DecisionLink, WaitingEntry
from company.console.site import Site
from company.console.web import BadRequest, Request, Response, read_request, see_other
from company.errors import BrainError, Refused
from company.json_values import JsonObject
from company.owner import decision_links
from company.owner.decisions import Decision
from company.pages import org, org_html, slots, slots_html

HANDLE = re.compile(r"/h/([A-Za-z0-9_.-]{1,1400})")
LINK = re.compile(r"/d/([A-Za-z0-9_-]{32})")
OPEN = re.compile(r"/decisions/(\d{1,12})/open")
BACK = timedelta(hours=24)
MOST_WORDS = 2000
OVER = {
    "used": "This link has answered its question; a link answers once.",
    "answered": "This question was answered in the meantime.",
    "expired": "The time of this link is over; its question takes the default that it named.",
}


def respond(site: Site, event: JsonObject) -> JsonObject:
    """The response to one request, in payload format 2.0."""
    method = ""
    try:
        request = read_request(event)
        method = request.method
        response = _route(site, request)
    except BadRequest as error:
        response = Response(views.message(site.title, str(error)), error.status)
    except BrainError:
        response = Response(views.message(site.title, "The brain does not answer. Try again in a minute."), 503)
    return response.as_payload(without_body=method == "HEAD")


def _route(site: Site, request: Request) -> Response:
    if request.method not in ("GET", "HEAD", "POST"):
        raise BadRequest(405, "This page can only be read, or answered with its buttons.")
    posts = request.method == "POST"
    if link := LINK.fullmatch(request.path):
        return _answer(site, request, link[1]) if posts else _ask(site, link[1])
    if link := HANDLE.fullmatch(request.path):
        return handling.mark(site, request, link[1]) if posts else handling.show(site, link[1])
    if posts and request.path == "/login":
        return _login(site, request)
    session = open_session(site, request, site.brain().now())
    if session is None:
        return Response(views.login(site.title), 401)
    return _act(site, request, session) if posts else _show(site, request)


def _login(site: Site, request: Request) -> Response:
    if is_key(site, request.form().get("key", "")):
        return see_other("/", new_cookie(site, site.brain().now()))
    return Response(views.login(site.title, was_wrong=True), 401)


def _act(site: Site, request: Request, session: ConsoleSession) -> Response:
    """What a button does for the owner with the key: log out, or open a question with a new link."""
    request.form()  # a form of ours, also when it has no field
    if request.path == "/logout":
        return see_other("/", log_out(site, session))
    if found := OPEN.fullmatch(request.path):
        try:
            return see_other(decision_links.issue(site.brain(), int(found[1])))
        except Refused as refused:
            raise BadRequest(409, str(refused)) from refused
    raise BadRequest(404, "There is no such page.")


def _show(site: Site, request: Request) -> Response:
    page = PAGES.get(request.path)
    if page is None:
        raise BadRequest(404, "There is no such page.")
    return Response(page(site))


def _waiting(site: Site) -> str:
    brain = site.brain()
    return views.waiting(site.title, brain.rows(OpenDecision, "brief_decisions"), brain.now(), site.zone)


def _brief(site: Site) -> str:
    kept = site.brain().row(KeptBrief, "read_brief", brief_date=None)
    if kept is None:
        return views.page("No brief yet", "<p>The first one comes in your next morning.</p>", inside=True)
    return views.with_nav(html.render(BriefPage.from_json(kept.facts["page"]), kept.subject))


def _org(site: Site) -> str:
    return views.with_nav(org_html.render(org.gather(site.brain(), title=site.title, zone=site.zone, desk=site.desk)))


def _slots(site: Site) -> str:
    brain = site.brain()
    now = brain.now()
    drawn = slots.gather(
        brain, title=site.title, zone=site.zone, since=now - BACK, until=now, role=None, desk=site.desk
    )
    return views.with_nav(slots_html.render(drawn))


PAGES: dict[str, Callable[[Site], str]] = {"/": _waiting, "/brief": _brief, "/org": _org, "/slots": _slots}


def _ask(site: Site, token: str, wrong: str = "") -> Response:
    """The question behind a link. Mail scanners open every link, so this changes nothing."""
    brain = site.brain()
    found = brain.row(DecisionLink, "find_decision_link", token_sha256=decision_links.hashed(token))
    if found is None:
        return Response(views.message(site.title, "This is not a link of ours."), 404)
    if found.state != "open":
        return Response(views.message(f"D-{found.decision_id}", OVER[found.state]), 410)
    row = brain.row(Decision, "subject_of_decision", id=found.decision_id)
    assert row is not None, "a link leads to a decision"
    path = decision_links.PATH + token
    waiting = brain.rows(WaitingEntry, "entries_waiting", decision_id=row.id)
    return Response(views.question(row, path, brain.now(), site.zone, wrong, waiting), 422 if wrong else 200)


def _answer(site: Site, request: Request, token: str) -> Response:
    """Records the owner's answer, once, and wakes the role that asked."""
    form, brain, hashed = request.form(), site.brain(), decision_links.hashed(token)
    option, text = form.get("option") or None, form.get("words", "").strip()[:MOST_WORDS] or None
    found = brain.row(DecisionLink, "find_decision_link", token_sha256=hashed)
    if found is None or found.state != "open":
        return _ask(site, token)
    try:
        asker = brain.value("answer_by_link", token_sha256=hashed, option=option, words=text)
    except Refused as refused:
        # Another answer was first, or this one is empty: the page shows the state of the question.
        return _ask(site, token, str(refused))
    row = brain.row(Decision, "subject_of_decision", id=found.decision_id)
    assert row is not None, "it was just answered"
    return Response(views.answered(row, was_woken=site.wake(asker)))
