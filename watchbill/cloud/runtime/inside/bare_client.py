"""A Lambda runtime client in plain Python, for machines where awslambdaric's native part does not exist.

It imports nothing of the desk (a function process cannot) and gives a handler the same as the real client.
"""

import http.client
import importlib
import json
import logging
import math
import os
import sys
import time
import traceback
from collections.abc import Callable
from decimal import Decimal
from typing import Any

ROOT = "/2018-06-01/runtime"
LOG_FORMAT = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t{request_id}\t%(message)s"
Handler = Callable[[Any, "LambdaContext"], Any]


class RuntimeFault(Exception):
    """An error of the runtime, not of the handler: `kind` is AWS's name for it."""

    def __init__(self, kind: str, message: str, trace: list[str] | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.trace = trace or []


class LambdaContext:
    """What a handler can read about its own run; the names are AWS's."""

    def __init__(self, request_id: str, function_arn: str, deadline_ms: int) -> None:
        self.aws_request_id = request_id
        self.invoked_function_arn = function_arn
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.client_context = None
        self.identity = None
        self.tenant_id = None
        self._deadline_ms = deadline_ms

    def get_remaining_time_in_millis(self) -> int:
        return max(0, self._deadline_ms - time.time_ns() // 1_000_000)


def run(handler_name: str, address: str) -> None:
    """Imports the handler, then serves events until the desk ends."""
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    logs = _set_up_logging()
    api = http.client.HTTPConnection(address)
    try:
        handler = _find_handler(handler_name)
    except Exception as error:
        report = _error_report(error)
        _print_error(report)
        _call(api, "POST", "/init/error", _encode(report))
        sys.exit(1)
    while True:
        _serve_one(api, handler, logs)


def _serve_one(api: http.client.HTTPConnection, handler: Handler, logs: logging.Handler) -> None:
    headers, body = _call(api, "GET", "/invocation/next")
    request_id = headers["Lambda-Runtime-Aws-Request-Id"]
    logs.setFormatter(_formatter(request_id))
    os.environ["_X_AMZN_TRACE_ID"] = headers.get("Lambda-Runtime-Trace-Id", "")
    context = LambdaContext(
        request_id, headers["Lambda-Runtime-Invoked-Function-Arn"], int(headers["Lambda-Runtime-Deadline-Ms"])
    )
    try:
        answer = _marshal(handler(_unmarshal(body), context))
    except Exception as error:
        report = _error_report(error, request_id)
        _print_error(report)
        _call(api, "POST", f"/invocation/{request_id}/error", _encode(report))
    else:
        _call(api, "POST", f"/invocation/{request_id}/response", answer)


def _call(
    api: http.client.HTTPConnection, method: str, path: str, body: bytes | None = None
) -> tuple[http.client.HTTPMessage, bytes]:
    api.request(method, ROOT + path, body, {"Content-Type": "application/json"})
    reply = api.getresponse()
    return reply.headers, reply.read()


def _find_handler(name: str) -> Handler:
    """`ceo.handler.handler` or `ceo/handler.handler`: a module and a function in it."""
    module_name, dot, function_name = name.rpartition(".")
    if not dot:
        raise RuntimeFault("Runtime.MalformedHandlerName", f"Bad handler '{name}': it names no module")
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise RuntimeFault("Runtime.ImportModuleError", f"Unable to import module '{module_name}': {error}") from error
    except SyntaxError as error:
        trace = [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']
        raise RuntimeFault(
            "Runtime.UserCodeSyntaxError", f"Syntax error in module '{module_name}': {error}", trace
        ) from error
    try:
        handler: Handler = getattr(module, function_name)
    except AttributeError:
        raise RuntimeFault(
            "Runtime.HandlerNotFound", f"Handler '{function_name}' missing on module '{module_name}'"
        ) from None
    return handler


def _unmarshal(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError as error:
        raise RuntimeFault("Runtime.UnmarshalError", f"Unable to unmarshal input: {error}") from error


def _marshal(result: Any) -> bytes:
    if isinstance(result, bytes):
        return result
    try:
        return _encode(result)
    except (TypeError, ValueError, RecursionError) as error:
        raise RuntimeFault("Runtime.MarshalError", f"Unable to marshal response: {error}") from error


def _encode(result: Any) -> bytes:
    return json.dumps(result, default=_plain).encode()


def _plain(value: object) -> float:
    if isinstance(value, Decimal):
        return math.nan if value.is_nan() else float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def _error_report(error: Exception, request_id: str = "") -> dict[str, Any]:
    """AWS's error object; a handler's traceback starts at the handler."""
    kind, trace = type(error).__name__, _trace(error)
    if isinstance(error, RuntimeFault):
        kind, trace = error.kind, error.trace
    return {"errorMessage": str(error), "errorType": kind, "requestId": request_id, "stackTrace": trace}


def _trace(error: Exception) -> list[str]:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__]
    return traceback.format_list([(frame.filename, frame.lineno or 0, frame.name, frame.line) for frame in frames])


def _print_error(report: dict[str, Any]) -> None:
    """Prints one log event: inside it a carriage return ends a line."""
    lines = [f"[ERROR] {report['errorType']}: {report['errorMessage']}", "Traceback (most recent call last):"]
    lines += [line for entry in report["stackTrace"] for line in entry.splitlines()]
    sys.stdout.write("\r".join(lines) + "\n")


def _set_up_logging() -> logging.Handler:
    logs = logging.StreamHandler(sys.stdout)
    logs.setFormatter(_formatter(""))
    logging.getLogger().addHandler(logs)
    return logs


def _formatter(request_id: str) -> logging.Formatter:
    formatter = logging.Formatter(LOG_FORMAT.format(request_id=request_id), "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    return formatter
