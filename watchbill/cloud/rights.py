"""What the template's policies let a function do, enforced on the desk as IAM enforces it: what none allows is refused.

moto checks rights for few services and for no resource or condition of most, so the desk reads the policies itself.
A function is known by its access key, which on the desk is its name; the desk's own key may do everything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from watchbill.cloud.asked_rights import AskedRight, asked_of, right_to_know

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

COMPARES = {"StringEquals": False, "StringLike": True}
"""Conditions that the template uses, and whether their values may hold wildcards."""


@dataclass(frozen=True)
class Statement:
    """One statement of a policy, its actions, resources and conditions as patterns."""

    allows: bool
    actions: tuple[re.Pattern[str], ...]
    resources: tuple[re.Pattern[str], ...]
    conditions: tuple[tuple[str, tuple[re.Pattern[str], ...]], ...]

    def concerns(self, asked: AskedRight) -> bool:
        return (
            any(one.fullmatch(asked.action) for one in self.actions)
            and any(one.fullmatch(asked.resource) for one in self.resources)
            and all(any(one.fullmatch(asked.context.get(key, "")) for one in values) for key, values in self.conditions)
        )


def read_statements(documents: Iterable[Mapping[str, Any]]) -> tuple[Statement, ...]:
    """The statements of some policies; ValueError for a condition that is not known here."""
    return tuple(_read(one) for document in documents for one in document["Statement"])


def is_allowed(statements: Sequence[Statement], asked: AskedRight) -> bool:
    """As IAM: one statement allows it, and none denies it."""
    concerned = [one.allows for one in statements if one.concerns(asked)]
    return bool(concerned) and all(concerned)


def _read(statement: Mapping[str, Any]) -> Statement:
    conditions = []
    for compare, values in statement.get("Condition", {}).items():
        if compare not in COMPARES:
            raise ValueError(f"the desk does not know the condition {compare}: add it to watchbill/cloud/rights.py")
        for key, wanted in values.items():
            conditions.append((key, tuple(_pattern(value, wild=COMPARES[compare]) for value in _listed(wanted))))
    return Statement(
        allows=statement["Effect"] == "Allow",
        actions=tuple(map(_pattern, _listed(statement["Action"]))),
        resources=tuple(map(_pattern, _listed(statement["Resource"]))),
        conditions=tuple(conditions),
    )


def _pattern(text: str, *, wild: bool = True) -> re.Pattern[str]:
    quoted = re.escape(text)
    return re.compile(quoted.replace(r"\*", ".*").replace(r"\?", ".") if wild else quoted, re.DOTALL)


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


class RightsKeeper:
    """WSGI middleware in front of moto: refuses a function what its role's policies do not allow."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application
        self.statements: dict[str, tuple[Statement, ...]] = {}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        key, service = _signed_by(environ)
        statements = self.statements.get(key)
        if statements is None:
            return self._application(environ, start_response)
        for asked in asked_of(service, environ, b"" if service == "s3" else _body(environ)):
            if not is_allowed(statements, asked):
                what = f"{key} may not {asked.action} on {asked.resource}"
                return _refuse(service, what, start_response, is_form=_is_form(environ))
        if service == "s3" and (listed := right_to_know(environ)) and not is_allowed(statements, listed):
            return self._hiding_what_is_missing(key, environ, start_response)
        return self._application(environ, start_response)

    def _hiding_what_is_missing(
        self, key: str, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Who may not list does not learn that a file is missing: S3 says forbidden."""
        answers: list[tuple[Any, ...]] = []

        def note(*answer: Any) -> Any:
            answers.append(answer)

        body = self._application(environ, note)
        if answers[0][0].startswith("404"):
            return _refuse("s3", f"{key} may not s3:ListBucket", start_response)
        start_response(*answers[0])
        return body


def _signed_by(environ: WSGIEnvironment) -> tuple[str, str]:
    """The access key and the service of a request, from its header or, of a signed link, from its address."""
    found = re.search(r"Credential=([^,]+)", str(environ.get("HTTP_AUTHORIZATION", "")))
    scope = found[1] if found else parse_qs(environ.get("QUERY_STRING", "")).get("X-Amz-Credential", [""])[0]
    key, _, rest = scope.partition("/")
    parts = rest.split("/")
    return key, parts[2] if len(parts) > 2 else ""


def _body(environ: WSGIEnvironment) -> bytes:
    """The request's body, which the application reads again; of these services none takes more than 40 MB."""
    body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = BytesIO(body)
    return body


def _is_form(environ: WSGIEnvironment) -> bool:
    return str(environ.get("CONTENT_TYPE", "")).startswith("application/x-www-form-urlencoded")


def _refuse(service: str, message: str, start_response: StartResponse, *, is_form: bool = False) -> list[bytes]:
    """In the form in which the service refuses: S3's XML, the XML of who takes forms, else JSON."""
    code = "AuthorizationError" if service == "sns" else "AccessDenied"
    error = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    if service == "s3" or is_form:
        text, kind = error if service == "s3" else f"<ErrorResponse>{error}</ErrorResponse>", "text/xml"
    else:
        text, kind = json.dumps({"__type": f"{code}Exception", "message": message}), "application/x-amz-json-1.0"
    headers = [("Content-Type", kind), ("Content-Length", str(len(text))), ("x-amzn-ErrorType", f"{code}Exception")]
    start_response("403 Forbidden", headers)
    return [text.encode()]
