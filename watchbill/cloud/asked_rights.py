"""Which rights a request to AWS asks for: each action with its resource, as the service's own page of actions says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from company.aws.mail import sender_of
from watchbill.cloud.account import ACCOUNT, REGION

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


@dataclass(frozen=True)
class AskedRight:
    """An action on a resource, with what conditions may look at."""

    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Request:
    """A request as far as rights go: its method, its path, its query, and its document or form."""

    method: str
    path: str
    query: Mapping[str, str]
    target: str
    body: bytes

    @property
    def document(self) -> dict[str, Any]:
        found = json.loads(self.body or b"{}")
        return found if isinstance(found, dict) else {}

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}


def asked_of(service: str, environ: WSGIEnvironment, body: bytes) -> list[AskedRight]:
    """The rights that a request needs, all of them; for a service that is not known here one that nobody has."""
    query = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    request = _Request(
        method=environ["REQUEST_METHOD"],
        path=_path(environ),
        query={name: values[0] for name, values in query.items()},
        target=str(environ.get("HTTP_X_AMZ_TARGET", "")).rpartition(".")[2],
        body=body,
    )
    ask = SERVICES.get(service)
    return list(ask(request)) if ask else [AskedRight(f"{service}:Unknown", request.path)]


def right_to_know(environ: WSGIEnvironment) -> AskedRight | None:
    """Of a request that reads a file of S3: the right to know that it is not there; its key counts as the prefix."""
    bucket, _, key = _path(environ).lstrip("/").partition("/")
    if not key or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return None
    return AskedRight("s3:ListBucket", f"arn:aws:s3:::{bucket}", {"s3:prefix": key})


def _path(environ: WSGIEnvironment) -> str:
    """The server has decoded its percents, into bytes that WSGI hands over as Latin-1."""
    return str(environ["PATH_INFO"]).encode("latin-1").decode("utf-8", "replace")


def _arn(service: str, rest: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}"


def _s3(request: _Request) -> Iterator[AskedRight]:
    """A file's head is read by the same right as the file; a list is the bucket's."""
    bucket, _, key = request.path.lstrip("/").partition("/")
    if not key:
        verb = "ListBucket" if request.method in ("GET", "HEAD") else "Other"
        yield AskedRight(f"s3:{verb}", f"arn:aws:s3:::{bucket}", {"s3:prefix": request.query.get("prefix", "")})
        return
    verb = {"GET": "Get", "HEAD": "Get", "DELETE": "Delete"}.get(request.method, "Put")
    yield AskedRight(f"s3:{verb}Object", f"arn:aws:s3:::{bucket}/{key}")


def _ssm(request: _Request) -> Iterator[AskedRight]:
    document = request.document
    for name in document.get("Names") or [document.get("Name", "*")]:
        yield AskedRight(f"ssm:{request.target}", _arn("ssm", f"parameter/{name.lstrip('/')}"))


def _sqs(request: _Request) -> Iterator[AskedRight]:
    url = str(request.document.get("QueueUrl", ""))
    yield AskedRight(f"sqs:{request.target}", _arn("sqs", url.rpartition("/")[2]))


def _sns(request: _Request) -> Iterator[AskedRight]:
    form = request.form
    yield AskedRight(f"sns:{form.get('Action', 'Unknown')}", form.get("TopicArn", "*"))


def _ses(request: _Request) -> Iterator[AskedRight]:
    """Of the sender's identity, and of the set of events where one is named."""
    document = request.document
    address = sender_of(str(document.get("FromEmailAddress", "")))[1]
    action = "ses:SendEmail" if request.path.endswith("/outbound-emails") else "ses:Unknown"
    context = {"ses:FromAddress": address}
    yield AskedRight(action, _arn("ses", f"identity/{address}"), context)
    if named := document.get("ConfigurationSetName"):
        yield AskedRight(action, _arn("ses", f"configuration-set/{named}"), context)


def _scheduler(request: _Request) -> Iterator[AskedRight]:
    """Who makes or changes a schedule also hands over the role with which it fires."""
    kind, _, name = request.path.strip("/").partition("/")
    if kind != "schedules":
        yield AskedRight("scheduler:Unknown", request.path)
        return
    if not name:
        yield AskedRight("scheduler:ListSchedules", "*")
        return
    verb = {"GET": "Get", "POST": "Create", "PUT": "Update", "DELETE": "Delete"}[request.method]
    document = request.document
    group = document.get("GroupName") or request.query.get("groupName", "default")
    yield AskedRight(f"scheduler:{verb}Schedule", _arn("scheduler", f"schedule/{group}/{name}"))
    if role := document.get("Target", {}).get("RoleArn"):
        yield AskedRight("iam:PassRole", role, {"iam:PassedToService": "scheduler.amazonaws.com"})


LAMBDA = (
    ("POST", r"/functions/([^/]+)/invocations", "InvokeFunction"),
    ("GET", r"/functions/([^/]+)/configuration", "GetFunctionConfiguration"),
    ("PUT", r"/functions/([^/]+)/configuration", "UpdateFunctionConfiguration"),
    ("POST", r"/functions/([^/]+)/versions", "PublishVersion"),
    ("GET", r"/functions/([^/]+)/aliases/[^/]+", "GetAlias"),
    ("PUT", r"/functions/([^/]+)/aliases/[^/]+", "UpdateAlias"),
)
LAYER = re.compile(r"/\d{4}-\d\d-\d\d/layers/([^/]+)/versions(?:/(\d+))?/?")


def _lambda(request: _Request) -> Iterator[AskedRight]:
    """Lambda asks for each layer of a function that is changed, too; `layers` alone asks for one by its ARN."""
    if "Arn" in request.query and request.path.rstrip("/").endswith("/layers"):
        yield AskedRight("lambda:GetLayerVersion", request.query["Arn"])
        return
    if found := LAYER.fullmatch(request.path):
        version = f":{found[2]}" if found[2] else ""
        verb = "GetLayerVersion" if version else "PublishLayerVersion"
        yield AskedRight(f"lambda:{verb}", _arn("lambda", f"layer:{found[1]}{version}"))
        return
    for method, path, action in LAMBDA:
        named = re.fullmatch(rf"/\d{{4}}-\d\d-\d\d{path}/?", request.path)
        if request.method == method and named:
            yield AskedRight(f"lambda:{action}", _function_arn(named[1], request.query.get("Qualifier", "")))
            for layer in request.document.get("Layers") or [] if action.startswith("Update") else []:
                yield AskedRight("lambda:GetLayerVersion", layer)
            return
    yield AskedRight("lambda:Unknown", request.path)


def _function_arn(name: str, qualifier: str) -> str:
    arn = name if name.startswith("arn:") else _arn("lambda", f"function:{name}")
    return f"{arn}:{qualifier}" if qualifier else arn


SERVICES: Mapping[str, Callable[[_Request], Iterator[AskedRight]]] = {
    "s3": _s3,
    "ssm": _ssm,
    "sqs": _sqs,
    "sns": _sns,
    "ses": _ses,
    "scheduler": _scheduler,
    "lambda": _lambda,
}
