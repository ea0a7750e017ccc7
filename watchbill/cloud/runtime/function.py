"""One deployed function on the desk: cold or warm, one event at a time, with a record of each run."""

import json
import secrets
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from company.json_values import JsonObject
from watchbill.cloud.runtime import report
from watchbill.cloud.runtime.function_process import FunctionProcess
from watchbill.cloud.runtime.records import Ending, FunctionSpec, Invocation

SETTLE_SECONDS = 0.25  # a process asks for the next event after its answer, beside what the desk does; some never do

StartProcess = Callable[[FunctionSpec, str], FunctionProcess]


class Function:
    """Keeps the process of one function between runs; a crash or a timeout ends the process too."""

    def __init__(self, spec: FunctionSpec, arn: str, start_process: StartProcess, init_limit_seconds: float) -> None:
        self.spec = spec
        self._arn = arn
        self._start_process = start_process
        self._init_limit_seconds = init_limit_seconds
        self._process: FunctionProcess | None = None
        self._has_started = False
        self._log_stream = ""
        self._lock = threading.Lock()

    def invoke(self, event: JsonObject, request_id: str, wall_limit_seconds: float | None) -> Invocation:
        with self._lock:
            started = time.perf_counter()
            process, init_ms, failure = self._ready_process(request_id)
            process.output.say(report.start_line(request_id))
            ran = time.perf_counter()
            ending = failure or self._run(process, event, request_id, wall_limit_seconds)
            duration_ms = 0.0 if failure else (time.perf_counter() - ran) * 1000
            if ending[0] == "timeout":
                duration_ms = self.spec.timeout_seconds * 1000
            invocation = self._record(
                process, request_id, ending, duration_ms=duration_ms, init_ms=init_ms, started=started
            )
            if invocation.status not in ("ok", "error") or process.has_ended():
                self._end()
            return invocation

    def warm_up(self) -> None:
        with self._lock:
            if self._process is None:
                self._start()

    def kill_from_outside(self) -> None:
        """Ends its process in the middle of whatever it does; a caller that waits for it sees a crash."""
        process = self._process  # no lock: the fire that is hit holds it
        if process is not None:
            process.kill_from_outside()

    def end_when_idle(self) -> None:
        """Tells its process to end after the run that it is at, and does not wait for the end, which takes a while."""
        with self._lock:
            if self._process is not None:
                self._process.kill_from_outside()

    def close(self) -> None:
        with self._lock:
            self._end()

    def _ready_process(self, request_id: str) -> tuple[FunctionProcess, float | None, Ending | None]:
        """A process that waits for an event: the warm one, else a cold start with the time it took."""
        if self._process is not None and self._has_started:
            if _has_outlived_its_answer(self._process):
                return self._process, None, None
            self._end()
        began = time.perf_counter()
        process = self._process or self._start()
        process.wait_for(lambda: process.api.is_idle or process.api.answer is not None, self._init_limit_seconds)
        process.max_memory_mb()
        self._has_started = process.api.is_idle
        failure = None if self._has_started else self._failed_start(process, request_id)
        return process, (time.perf_counter() - began) * 1000, failure

    def _start(self) -> FunctionProcess:
        """Starts the process without waiting: it imports its code, then asks for an event."""
        self._log_stream = f"{datetime.now(UTC):%Y/%m/%d}/[$LATEST]{secrets.token_hex(16)}"
        self._has_started = False
        self._process = self._start_process(self.spec, self._log_stream)
        self._process.output.say(report.init_start_line())
        return self._process

    def _failed_start(self, process: FunctionProcess, request_id: str) -> Ending:
        if process.api.answer is not None:
            return "init_error", _parsed(process.api.answer.body)
        if process.exit_code is None:
            return self._timed_out(process, request_id)
        return "init_error", self._exited(process, request_id)

    def _run(
        self,
        process: FunctionProcess,
        event: JsonObject,
        request_id: str,
        wall_limit_seconds: float | None,
    ) -> Ending:
        limit = min(self.spec.timeout_seconds, wall_limit_seconds or self.spec.timeout_seconds)
        if not process.wait_for(lambda: process.api.is_idle, limit):
            return self._no_answer(process, request_id)
        process.api.hand_over(request_id, json.dumps(event).encode(), self._headers(limit))
        if not process.wait_for(lambda: process.api.answer is not None, limit):
            return self._no_answer(process, request_id)
        answer = process.api.answer
        assert answer is not None
        return ("ok" if answer.kind == "response" else "error"), _parsed(answer.body)

    def _headers(self, limit: float) -> dict[str, str]:
        """The deadline is the moment of the kill, so that a handler that asks for its seconds can keep to them."""
        deadline_ms = time.time_ns() // 1_000_000 + round(limit * 1000)
        return {
            "Lambda-Runtime-Deadline-Ms": str(deadline_ms),
            "Lambda-Runtime-Invoked-Function-Arn": self._arn,
            "Lambda-Runtime-Trace-Id": _trace_id(),
        }

    def _no_answer(self, process: FunctionProcess, request_id: str) -> Ending:
        if process.exit_code is None:
            return self._timed_out(process, request_id)
        return "crashed", self._exited(process, request_id)

    def _timed_out(self, process: FunctionProcess, request_id: str) -> Ending:
        process.output.say(report.timeout_line(self.spec, request_id))
        return "timeout", report.timeout_error(self.spec, request_id)

    def _exited(self, process: FunctionProcess, request_id: str) -> report.ErrorObject:
        assert process.exit_code is not None
        error = report.exit_error(request_id, process.exit_code)
        process.output.say(report.exit_line(error))
        return error

    def _record(
        self,
        process: FunctionProcess,
        request_id: str,
        ending: Ending,
        *,
        duration_ms: float,
        init_ms: float | None,
        started: float,
    ) -> Invocation:
        """Writes END and REPORT, and returns the same as a record."""
        status, payload = ending
        memory_mb = process.max_memory_mb()
        process.output.say(report.end_line(request_id))
        process.output.say(report.report_line(self.spec, request_id, ending, duration_ms, init_ms, memory_mb))
        return Invocation(
            request_id=request_id,
            status=status,
            payload=payload,
            duration_ms=duration_ms,
            billed_ms=report.billed_ms(duration_ms, init_ms),
            max_memory_mb=memory_mb,
            init_ms=init_ms,
            wall_ms=(time.perf_counter() - started) * 1000,
            log_group=self.spec.log_group_name,
            log_stream=self._log_stream,
            log_lines=process.output.end_run(),
        )

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process = None


def _has_outlived_its_answer(process: FunctionProcess) -> bool:
    """Not where it ended before it asked for the next event: that one must not be given to it."""
    process.wait_for(lambda: process.api.is_idle, SETTLE_SECONDS)
    return not process.has_ended()


def _parsed(body: bytes) -> Any:
    """Parsed JSON; a handler may also return bytes, which become text."""
    try:
        return json.loads(body)
    except ValueError:
        return body.decode(errors="replace")


def _trace_id() -> str:
    return f"Root=1-{int(time.time()):08x}-{secrets.token_hex(12)};Parent={secrets.token_hex(8)};Sampled=0"
