"""The desk's own calls of moto, which runs in the same process: without a socket, in two thirds of the time.

Functions ask over HTTP, from processes of their own. Imported only where moto is: both take long to import.
"""

from __future__ import annotations

import logging
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from moto.core.botocore_stubber import MockRawResponse
from werkzeug.test import run_wsgi_app

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

LOG = logging.getLogger(__name__)


def ask_directly(client: Any, application: WSGIApplication) -> None:
    """Lets a client of boto3 call the application for each request that it has built and signed."""
    client.meta.events.register("before-send", partial(_send, application))


def _send(application: WSGIApplication, request: AWSPreparedRequest, **_: object) -> AWSResponse:
    """An error of the application is its answer 500, as over HTTP."""
    try:
        parts, status, headers = run_wsgi_app(application, _environ(request))
        number, named, body = int(status.partition(" ")[0]), dict(headers.items()), b"".join(parts)
    except Exception:
        LOG.exception("%s %s", request.method, request.url)
        number, named, body = 500, {}, b"Internal Server Error"
    raw = MockRawResponse(b"" if request.method == "HEAD" else body)
    return AWSResponse(request.url, number, HTTPHeaders.from_dict(named), raw)


def _environ(request: AWSPreparedRequest) -> WSGIEnvironment:
    """The request as a WSGI server would hand it over; text as the bytes of its UTF-8, each a character (PEP 3333)."""
    parts, body = urlsplit(request.url), _bytes(request.body)
    path = parts.path or "/"
    environ: WSGIEnvironment = {
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": BytesIO(body),
        "wsgi.input_terminated": True,
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(path, "latin-1"),
        "QUERY_STRING": parts.query,
        "RAW_URI": f"{path}?{parts.query}" if parts.query else path,
        "REMOTE_ADDR": parts.hostname,
        "SERVER_NAME": parts.hostname,
        "SERVER_PORT": str(parts.port),
        "SERVER_PROTOCOL": "HTTP/1.1",
    }
    environ |= {_name(name): _text(value) for name, value in request.headers.items()}
    return environ | {"HTTP_HOST": parts.netloc, "CONTENT_LENGTH": str(len(body))}


def _bytes(body: Any) -> bytes:
    """Whole, from whatever botocore holds it in: nothing, text, bytes or a file."""
    if hasattr(body, "read"):
        body = body.read()
    return body.encode() if isinstance(body, str) else bytes(body or b"")


def _name(header: str) -> str:
    name = header.upper().replace("-", "_")
    return name if name == "CONTENT_TYPE" else f"HTTP_{name}"


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
