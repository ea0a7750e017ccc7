"""Answers one request: the key first, then its rate, then the product's route. What is not posted changes nothing.

No key and no address is logged. A browser of another site gets nothing: no CORS header is sent.
"""

import math
from http import HTTPStatus
from urllib.parse import parse_qs, quote, unquote

from company.api.keys import CustomerKey, find_key
from company.api.problems import problem
from company.api.site import ApiSite
from company.aws.function_url import JSON, BadRequest, Request, read_request
from company.errors import BrainError
from company.json_values import JsonObject, RepeatedKey, read_json_once
from company.text.cleaning import visible_line

HEADERS = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex, nofollow",
}
ONCE = "it is given more than once; give it once"
LONGEST_QUERY = 4096
"""Signs; the longest cursor is far below it."""


def respond(site: ApiSite, event: JsonObject) -> JsonObject:
    """The response to one request, both in payload format 2.0."""
    method, customer = "", None
    try:
        request = read_request(event)
        method = request.method
        answer, customer = _answer(site, request, event)
    except BadRequest as error:
        answer = problem(HTTPStatus(error.status), str(error))
    except BrainError:
        answer = problem(HTTPStatus.SERVICE_UNAVAILABLE, "The brain does not answer.", {"retry-after": "60"})
    except Exception:  # a bug: its caller learns only that, and the log the rest
        site.log.exception("a request failed")
        answer = problem(HTTPStatus.INTERNAL_SERVER_ERROR, "This is our error; it was logged.")
    site.log.info("answered", status=answer["statusCode"], method=method, customer=customer)
    body = "" if method == "HEAD" else answer["body"]
    return {**answer, "headers": {**HEADERS, **answer["headers"]}, "body": body}


def _answer(site: ApiSite, request: Request, event: JsonObject) -> tuple[JsonObject, int | None]:
    allowed = ("POST",) if request.path in site.posted else ("GET", "HEAD")
    if request.method not in allowed:
        detail = "Post JSON to this address." if allowed == ("POST",) else "This address is only read."
        return problem(HTTPStatus.METHOD_NOT_ALLOWED, detail, {"allow": ", ".join(allowed)}), None
    if request.path in site.public:
        return _refuse_stranger(site, request) or _routed(site, request, event, {}), None
    return _for_key(site, request, event)


def _for_key(site: ApiSite, request: Request, event: JsonObject) -> tuple[JsonObject, int | None]:
    if site.strangers.is_over(request.source_ip):
        return _refuse_stranger(site, request) or _no_key(), None
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    found = find_key(site.brain(), given.strip()) if scheme.lower() == "bearer" else None
    if found is None:
        return _refuse_stranger(site, request) or _no_key(), None
    name, key = found
    caller = {"key_id": name, "customer_id": key.customer_id}
    return _refuse_key(site, name, key) or _routed(site, request, event, caller), key.customer_id


def _refuse_stranger(site: ApiSite, request: Request) -> JsonObject | None:
    if wait := site.strangers.count(request.source_ip):
        return _too_many(wait, "Too many requests without a key from your address.")
    return None


def _refuse_key(site: ApiSite, name: str, key: CustomerKey) -> JsonObject | None:
    if key.is_paused:
        return problem(HTTPStatus.FORBIDDEN, "Your deliveries are paused, and so is this key.")
    if wait := site.brain().value("take_request", key_id=name, is_limited=site.is_limited):
        return _too_many(math.ceil(wait), "This key has asked as often as it may within a minute.")
    return None


def _too_many(seconds: int, detail: str) -> JsonObject:
    return problem(HTTPStatus.TOO_MANY_REQUESTS, detail, {"retry-after": str(seconds)})


def _no_key() -> JsonObject:
    detail = "Send your key: Authorization: Bearer wbk_... A key that was replaced or ended opens nothing."
    return problem(HTTPStatus.UNAUTHORIZED, detail, {"www-authenticate": "Bearer"})


def _routed(site: ApiSite, request: Request, event: JsonObject, caller: JsonObject) -> JsonObject:
    """The product's answer. The query is read from its raw form: events of the desk have no other.

    caller: key_id and customer_id; empty for a public path.
    """
    query = str(event.get("rawQueryString") or "")
    if len(query) > LONGEST_QUERY:
        return problem(HTTPStatus.REQUEST_URI_TOO_LONG, f"A query has at most {LONGEST_QUERY} signs.")
    given = parse_qs(query, keep_blank_values=True)
    if twice := [name for name, values in given.items() if len(values) > 1]:
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"{visible_line(twice[0])[:60]}: {ONCE}")
    parameters = {name: value for name, [value] in given.items()}
    is_posted = request.method == "POST"
    http = {**event["requestContext"]["http"], "method": "POST" if is_posted else "GET"}
    # Encoded whether the event has it so or not: a route matches no other sign. The product decodes what it takes.
    plain = {"rawPath": quote(unquote(request.path)), "rawQueryString": query, "queryStringParameters": parameters}
    routes = site.routes()
    routes.context.update(brain=site.brain(), **{"key_id": None, "customer_id": None, **caller})
    headers = {"if-none-match": request.headers.get("if-none-match", ""), "content-type": JSON}
    body = {"body": _posted(request)} if is_posted else {}
    answer: JsonObject = routes.resolve(
        {"version": "2.0", "headers": headers, "requestContext": {"http": http, "stage": "$default"}, **plain, **body},
        None,  # type: ignore[arg-type]
    )
    return {**answer, "headers": {name.lower(): value for name, value in answer["headers"].items()}}


def _posted(request: Request) -> str:
    """The text of posted JSON; what is no JSON is for the product's route to refuse."""
    text = request.json_text()
    try:
        read_json_once(text)
    except RepeatedKey as error:
        raise BadRequest(422, f"{visible_line(error.key)[:60]}: {ONCE}") from error
    except (ValueError, RecursionError):
        pass
    return text
