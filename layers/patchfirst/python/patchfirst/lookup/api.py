"""The routes for customers' programs, and their OpenAPI document."""

import hashlib
import re
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import unquote

from aws_lambda_powertools.event_handler import LambdaFunctionUrlResolver, Response
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from company.api.problems import PROBLEM
from company.brain import Brain
from company.errors import Refused
from company.text.cleaning import visible_line
from patchfirst.ids import LONGEST_ID, OTHER_PATTERN, PATTERN, read_id
from patchfirst.lookup import changes
from patchfirst.lookup.answers import ApiProblem, ChangesPage, CveAnswer, HandledAnswer, HandledMark, Health
from patchfirst.lookup.reading import read_answer

VERSION = "1.0.0"
JSON = "application/json"
MOST_CHANGES = 1000
KEY: list[dict[str, list[str]]] = [{"key": []}]
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)")
SAYS = {
    400: "the body cannot be read",
    401: "there is no key, or none that is good",
    403: "the customer is paused",
    404: "no source has it",
    413: "the body is too large",
    415: "the body is not JSON",
    422: "an id, a moment or a cursor cannot be read; detail says which",
    429: "too many requests; Retry-After gives the seconds",
    503: "the brain does not answer; Retry-After gives the seconds",
}

CveId = Annotated[
    str,
    Path(
        description="A CVE's id, or one that another database gives it, such as GHSA-... or GO-2024-2687. Any dash and "
        "any case is read.",
        json_schema_extra={"pattern": f"^(?:{PATTERN}|{OTHER_PATTERN})$", "maxLength": LONGEST_ID},
    ),
]
Since = Annotated[
    str | None,
    Query(
        description="RFC 3339; at most 31 days back, 24 hours without it.", json_schema_extra={"format": "date-time"}
    ),
]
Cursor = Annotated[str | None, Query(description="next_cursor of the page before; since is then left out.")]
Limit = Annotated[int, Query(ge=1, le=MOST_CHANGES, description="Changes on one page.")]


class Otherwise(Exception):
    """Ends a request with another response than the route's own: an error, or 304."""

    def __init__(self, response: Response[Any]) -> None:
        super().__init__(response.status_code)
        self.response = response


@cache
def routes() -> LambdaFunctionUrlResolver:
    """Built once per container, at its first request."""
    app = LambdaFunctionUrlResolver(enable_validation=True)
    app.use([_require_known])
    _add_documented(app)
    app.get("/v1/openapi.json", include_in_schema=False)(_openapi)
    app.not_found(lambda _: _problem(HTTPStatus.NOT_FOUND, "There is no such address. /v1/openapi.json lists them."))
    app.exception_handler(RequestValidationError)(_invalid)
    app.exception_handler(Otherwise)(lambda error: error.response)
    # The one rule that these queries can break: the key ended since it was looked at.
    app.exception_handler(Refused)(lambda _: _problem(HTTPStatus.UNAUTHORIZED, f"{SAYS[401]} any more"))
    return app


def _add_documented(app: LambdaFunctionUrlResolver) -> None:
    app.get(
        "/v1/cve/<cve>",
        responses=_documented(200, 304, 401, 403, 404, 422, 429, 503),
        security=KEY,
        operation_id="cve",
        summary="All that is known of one CVE",
    )(_cve)
    app.get(
        "/v1/changes",
        responses=_documented(200, 304, 401, 403, 422, 429, 503),
        security=KEY,
        operation_id="changes",
        summary="What changed for you",
    )(_changes)
    app.post(
        "/v1/handled",
        responses=_documented(200, 400, 401, 403, 404, 413, 415, 422, 429, 503),
        security=KEY,
        operation_id="handled",
        summary="Mark a CVE as handled by you",
    )(_mark)
    app.get(
        "/v1/health",
        responses=_documented(200, 422, 429, 503),
        operation_id="health",
        summary="Whether the API answers",
    )(_health)


def document() -> str:
    """The OpenAPI document; docs/openapi.json is this, and a test compares them. Its models are slow to import."""
    from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer

    return str(
        routes().get_openapi_json_schema(
            title="PatchFirst",
            version=VERSION,
            description="Which vulnerabilities to patch first: one CVE, what changed for you, what you handled.",
            security_schemes={"key": HTTPBearer(bearerFormat="wbk_...")},
        )
    )


def _documented(*statuses: int) -> Any:
    """Responses beside the good one, which Powertools documents by the type of the route's answer."""
    problems = {status: says for status, says in SAYS.items() if status in statuses}
    found: dict[int, Any] = {
        status: {"description": says, "content": {PROBLEM: {"model": ApiProblem}}} for status, says in problems.items()
    }
    if 304 in statuses:
        found[304] = {"description": "what the caller has (If-None-Match) is still so", "content": {}}
    return {200: {"description": "the answer"}, **found}


def _require_known(app: LambdaFunctionUrlResolver, follows: Any) -> Any:
    """Refuses a parameter that the route does not read: its answer would be taken for that of another question."""
    known = [one.alias for one in app.context["_route"].dependant.query_params]
    if unknown := sorted(set(app.current_event.query_string_parameters) - set(known)):
        name = visible_line(unknown[0])[:60]
        says = f"{name}: there is no such parameter here; there are: {', '.join(known) or 'none'}"
        raise Otherwise(_problem(HTTPStatus.UNPROCESSABLE_ENTITY, says))
    return follows(app)


def _cve(cve: CveId) -> Response[CveAnswer]:
    brain = _brain()
    tag = _tag("cve", brain.value("edition_in_force"), cve)
    _require_change(tag)
    answer = read_answer(brain, unquote(cve))
    if answer.status == "malformed":
        raise Otherwise(_problem(HTTPStatus.UNPROCESSABLE_ENTITY, answer.says))
    if answer.status == "unknown":
        raise Otherwise(_problem(HTTPStatus.NOT_FOUND, f"{answer.cve}: {answer.says}"))
    return Response(200, JSON, answer, _cached(tag))


def _changes(since: Since = None, cursor: Cursor = None, limit: Limit = 200) -> Response[ChangesPage]:
    brain, context = _brain(), routes().context
    state = changes.settled(brain, context["key_id"])
    try:
        begin = None if since is None else _moment(since)
        place = (
            changes.read_cursor(cursor) if cursor is not None else changes.first_place(brain.now(), begin, state.until)
        )
    except ValueError as error:
        raise Otherwise(_problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))) from error
    tag = _tag("changes", context["customer_id"], state.choice, state.until, since, cursor, limit)
    if since is not None or cursor is not None:
        _require_change(tag)
    return Response(200, JSON, changes.changes_page(brain, context["key_id"], place, limit), _cached(tag))


def _mark(mark: HandledMark) -> Response[HandledAnswer]:
    """By the rules of the customer's link: what is handled already changes nothing, and no mark is taken back here."""
    cve, key_id = read_id(mark.cve), routes().context["key_id"]
    if cve is None:
        raise Otherwise(_problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"cve: {visible_line(mark.cve)[:60]} is no CVE"))
    try:
        is_new = _brain().value("handle_by_key", key_id=key_id, entity=cve, note=visible_line(mark.note))
    except Refused as refused:
        is_unknown = refused.rule == "one_handles_what_is_known"
        status, says = (HTTPStatus.NOT_FOUND, SAYS[404]) if is_unknown else (HTTPStatus.UNAUTHORIZED, SAYS[401])
        raise Otherwise(_problem(status, f"{cve}: {says}")) from refused
    return Response(200, JSON, HandledAnswer(cve=cve, is_new=is_new), {"Cache-Control": "no-store"})


def _health() -> Response[Health]:
    brain = _brain()
    stale = tuple(row["source"] for row in brain.all("source_freshness") if row["is_stale"])
    return Response(
        200, JSON, Health(status="ok", as_of=brain.now(), stale_sources=stale), {"Cache-Control": "no-store"}
    )


def _openapi() -> Response[Any]:
    return Response(200, JSON, document(), {"Cache-Control": "public, max-age=300"})


def _brain() -> Brain:
    brain: Brain = routes().context["brain"]
    return brain


def _moment(text: str) -> datetime:
    """A plus sign that nobody encoded comes as a blank."""
    written = text.replace(" ", "+")
    try:
        if not RFC_3339.fullmatch(written):
            raise ValueError(written)
        return datetime.fromisoformat(written.upper()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError("since is no moment: write it like 2026-03-11T06:30:00Z") from error


def _tag(*parts: object) -> str:
    """Weak: the moment of the answer and the ages in it go on while the edition stays."""
    return f'W/"{hashlib.sha256(repr((VERSION, parts)).encode()).hexdigest()[:32]}"'


def _require_change(tag: str) -> None:
    """Ends the request with a 304 where the caller has this edition already."""
    given = str(routes().current_event.headers.get("if-none-match") or "")
    if tag.removeprefix("W/") in (one.strip().removeprefix("W/") for one in given.split(",")):
        raise Otherwise(Response(304, None, "", _cached(tag)))


def _cached(tag: str) -> dict[str, str]:
    """Kept by the caller alone, and asked for again each time: an edition may be undone at any moment."""
    return {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Authorization"}


def _invalid(error: RequestValidationError) -> Response[Any]:
    said = "; ".join(f"{fault['loc'][-1]}: {fault['msg']}" for fault in error.errors())
    return _problem(HTTPStatus.UNPROCESSABLE_ENTITY, said)


def _problem(status: HTTPStatus, detail: str) -> Response[Any]:
    """As company.api.problems has it, through Powertools."""
    from company.api.problems import problem

    made = problem(status, detail)
    return Response(made["statusCode"], PROBLEM, made["body"], {"Cache-Control": "no-store"})
