"""The platform's own log lines and error objects for a run, as AWS writes them."""

import math
import platform
from datetime import UTC, datetime

from company.json_values import JsonObject
from watchbill.cloud.runtime.records import Ending, FunctionSpec

ErrorObject = JsonObject


def init_start_line() -> str:
    major, minor, _ = platform.python_version_tuple()
    return f"INIT_START Runtime Version: python:{major}.{minor} on the desk"


def start_line(request_id: str) -> str:
    return f"START RequestId: {request_id} Version: $LATEST"


def end_line(request_id: str) -> str:
    return f"END RequestId: {request_id}"


def report_line(
    spec: FunctionSpec,
    request_id: str,
    ending: Ending,
    duration_ms: float,
    init_ms: float | None,
    max_memory_mb: int,
) -> str:
    """One tab-separated line; the parts that a successful warm run does not have come last."""
    status, payload = ending
    parts = [
        f"REPORT RequestId: {request_id}",
        f"Duration: {duration_ms:.2f} ms",
        f"Billed Duration: {billed_ms(duration_ms, init_ms)} ms",
        f"Memory Size: {spec.memory_mb} MB",
        f"Max Memory Used: {max_memory_mb} MB",
    ]
    if init_ms is not None:
        parts.append(f"Init Duration: {init_ms:.2f} ms")
    if status == "timeout":
        parts.append("Status: timeout")
    elif status in ("crashed", "init_error"):
        parts += ["Status: error", f"Error Type: {payload['errorType']}"]
    return "\t".join(parts)


def billed_ms(duration_ms: float, init_ms: float | None) -> int:
    """Whole milliseconds; the start of a cold function is billed too."""
    return math.ceil(duration_ms + (init_ms or 0.0))


def timeout_error(spec: FunctionSpec, request_id: str) -> ErrorObject:
    text = f"RequestId: {request_id} Error: Task timed out after {spec.timeout_seconds:.2f} seconds"
    return {"errorType": "Sandbox.Timedout", "errorMessage": text}


def timeout_line(spec: FunctionSpec, request_id: str) -> str:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return f"{now} {request_id} Task timed out after {spec.timeout_seconds:.2f} seconds"


def exit_error(request_id: str, exit_code: int) -> ErrorObject:
    """A process that ended by itself, or by a signal (negative), while it held an event."""
    if exit_code == 0:
        reason = "Runtime exited without providing a reason"
    elif exit_code > 0:
        reason = f"Runtime exited with error: exit status {exit_code}"
    else:
        reason = f"Runtime exited with error: signal: {_signal_name(-exit_code)}"
    return {"errorType": "Runtime.ExitError", "errorMessage": f"RequestId: {request_id} Error: {reason}"}


def exit_line(error: ErrorObject) -> str:
    return f"{error['errorMessage']}\n{error['errorType']}"


def _signal_name(number: int) -> str:
    """The names of the Go runtime, because AWS's supervisor is written in Go."""
    names = {6: "aborted", 9: "killed", 11: "segmentation fault", 15: "terminated"}
    return names.get(number, f"signal {number}")
