"""Answers one request. A GET or a HEAD changes nothing; all but the public pages need the key, every act its form."""

import re
from functools import cache
from typing import Any

from aws_lambda_powertools.event_handler import LambdaFunctionUrlResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from company.aws.function_url import BadRequest, Request, finish, read_request
from company.console.login import open_session
from company.console.pages import ALL
from company.console.rendering import message, outside
from company.console.site import Site
from company.console.visit import Visit, require_form
from company.errors import BrainError, NothingKnown, Refused
from company.json_values import JsonObject

PUBLIC = re.compile(r"/login|/assets/[0-9a-f]{16}/[a-z.]{1,40}|/d/[A-Za-z0-9_-]{32}|/h/[A-Za-z0-9_.-]{1,1400}")
"""What everybody may open: an address with its own token, or nothing that is worth a key."""


def respond(site: Site, event: JsonObject) -> JsonObject:
    """The response to one request, both in payload format 2.0."""
    method = ""
    try:
        request = read_request(event)
        method = request.method
        payload = _answer(site, request)
    except BadRequest as error:
        payload = _payload(message(site, "This does not work", str(error), error.status, error.headers))
    except BrainError:
        text = "The brain does not answer. Try again in a minute."
        payload = _payload(message(site, "The brain does not answer", text, 503))
    return finish(payload, without_body=method == "HEAD")


def _answer(site: Site, request: Request) -> JsonObject:
    if request.method not in ("GET", "HEAD", "POST"):
        text = "This page can only be read, or answered with its buttons."
        raise BadRequest(405, text, {"allow": "GET, HEAD, POST"})
    if PUBLIC.fullmatch(request.path):
        return _route(site, request, None)
    brain = site.brain()
    now = brain.now()
    session = open_session(site, request, now)
    if session is None:
        return _payload(outside(site, "login.html.j2", 401, was_wrong=False))
    form = require_form(site, session, request) if request.method == "POST" else {}
    roles = brain.value("names_of_roles") or ()
    return _route(site, request, Visit(site, request, session, brain, now, form, roles))


def _route(site: Site, request: Request, visit: Visit | None) -> JsonObject:
    routes = _routes()
    routes.context.update(site=site, request=request, visit=visit)
    method = "GET" if request.method == "HEAD" else request.method
    http = {"method": method, "path": request.path, "sourceIp": request.source_ip}
    event = {"version": "2.0", "rawPath": request.path, "requestContext": {"http": http, "stage": "$default"}}
    try:
        answer: JsonObject = routes.resolve({**event, "headers": {}}, None)  # type: ignore[arg-type]
    finally:
        routes.context.clear()
    return answer


@cache
def _routes() -> LambdaFunctionUrlResolver:
    """Built once per container."""
    app = LambdaFunctionUrlResolver()
    for router in ALL:
        app.include_router(router)

    @app.exception_handler(Refused)  # type: ignore[untyped-decorator]
    def _refused(refused: Refused) -> Response[str]:
        return message(app.context["site"], "This was refused", refused.sentence, 409)

    @app.exception_handler(NothingKnown)  # type: ignore[untyped-decorator]
    def _unknown(unknown: NothingKnown) -> Response[str]:
        text = str(unknown)
        return message(app.context["site"], "Nothing is known of it", text[:1].upper() + text[1:], 404)

    @app.not_found
    def _missing(_: NotFoundError) -> Response[str]:
        return message(app.context["site"], "There is no such page", "Nothing is at this address.", 404)

    return app


def _payload(response: Response[Any]) -> JsonObject:
    headers = {**(response.headers or {}), "content-type": response.content_type}
    return {"statusCode": response.status_code, "headers": headers, "body": response.body}
