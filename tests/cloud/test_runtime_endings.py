"""Lambda on the desk: every kind of end is recognised, and the next run starts normally."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.cloud.lambdas import becomes_true, handler_lines, is_running, runtime_of, texts
from watchbill.cloud.runtime import ClientName, FunctionSpec, Runtime
from watchbill.cloud.template.build import Deployment


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ({"act": "exit", "code": 3}, "Runtime exited with error: exit status 3"),
        ({"act": "exit", "code": 0}, "Runtime exited without providing a reason"),
        ({"act": "die"}, "Runtime exited with error: signal: killed"),
        ({"act": "fork_and_exit"}, "Runtime exited with error: exit status 3"),
    ],
)
def test_a_process_that_ends_is_noticed_and_the_next_run_starts_cold(
    runtime: Runtime, event: dict[str, Any], reason: str
) -> None:
    invocation = runtime.invoke("act", event, request_id="r-1")

    assert invocation.status == "crashed"
    assert invocation.payload == {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: r-1 Error: {reason}",
    }
    assert invocation.wall_ms < 4000
    assert texts(invocation)[-1].endswith("\tStatus: error\tError Type: Runtime.ExitError")
    assert runtime.invoke("act", {"act": "raw"}, request_id="r-2").init_ms is not None


def test_a_process_that_ends_after_its_answer_spoils_no_later_run(deployment: Deployment) -> None:
    with runtime_of(deployment, "bare") as runtime:
        first = runtime.invoke("act", {"act": "answer_and_end"}, request_id="r-1")
        second = runtime.invoke("act", {"act": "pid"}, request_id="r-2")

    assert (first.status, first.payload) == ("ok", "answered")
    assert second.status == "ok"
    assert second.init_ms is not None


def test_what_a_crashed_handler_started_is_killed_with_it(runtime: Runtime) -> None:
    invocation = runtime.invoke("act", {"act": "fork_and_exit"}, request_id="r-1")

    child = int(handler_lines(invocation)[0].removeprefix("pid "))
    assert becomes_true(lambda: not is_running(child))


@pytest.mark.parametrize("act", ["hang", "spin"])
def test_a_hung_handler_is_killed_at_the_wall_limit_and_charged_its_whole_timeout(runtime: Runtime, act: str) -> None:
    invocation = runtime.invoke("act", {"act": act}, request_id="r-1", wall_limit_seconds=0.3)

    assert invocation.status == "timeout"
    assert invocation.payload["errorType"] == "Sandbox.Timedout"
    assert invocation.payload["errorMessage"].endswith("Task timed out after 5.00 seconds")
    assert re.fullmatch(r"\S+Z r-1 Task timed out after 5.00 seconds", handler_lines(invocation)[-1])
    assert (invocation.duration_ms, texts(invocation)[-1].endswith("\tStatus: timeout")) == (5000, True)
    assert runtime.invoke("act", {"act": "raw"}, request_id="r-2").init_ms is not None


def test_a_function_is_killed_at_its_own_timeout_with_all_that_it_started(runtime: Runtime) -> None:
    runtime.define(FunctionSpec("short", "act.handler.handler", timeout_seconds=0.5))

    invocation = runtime.invoke("short", {"act": "hang"}, request_id="r-1")

    assert invocation.status == "timeout"
    _, *pids = handler_lines(invocation)[0].split()
    assert len(pids) == 2
    assert becomes_true(lambda: not any(is_running(int(pid)) for pid in pids))


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("cannot_import", "Runtime.ImportModuleError", "No module named 'nowhere_to_be_found'"),
        ("cannot_compile", "Runtime.UserCodeSyntaxError", "invalid syntax"),
        ("has_no_handler", "Runtime.HandlerNotFound", "Handler 'handler' missing"),
        ("fails_at_import", "RuntimeError", "no settings"),
        ("exits_at_import", "Runtime.ExitError", "exit status 7"),
    ],
)
def test_a_function_that_does_not_start_says_why(runtime: Runtime, name: str, kind: str, expected: str) -> None:
    invocation = runtime.invoke(name, {}, request_id="r-1")

    assert invocation.status == "init_error"
    assert invocation.payload["errorType"] == kind
    assert expected in invocation.payload["errorMessage"]
    assert texts(invocation)[-1].endswith(f"\tStatus: error\tError Type: {kind}")


def test_a_function_that_hangs_at_its_start_is_ended_at_the_init_limit(
    deployment: Deployment, client: ClientName
) -> None:
    with runtime_of(deployment, client, init_limit_seconds=1.0) as runtime:
        invocation = runtime.invoke("hangs_at_import", {}, request_id="r-1")

    assert invocation.status == "timeout"
    assert invocation.wall_ms < 4000


def test_a_desk_that_closes_waits_for_the_run_that_a_function_is_at(deployment: Deployment, tmp_path: Path) -> None:
    begun, go = tmp_path / "begun", tmp_path / "go"
    wait = {"act": "wait_for", "begun": str(begun), "go": str(go)}
    with runtime_of(deployment, "bare") as runtime, ThreadPoolExecutor() as threads:
        idle = runtime.invoke("pid", {}, request_id="r-1").payload
        run = threads.submit(runtime.invoke, "act", wait, request_id="r-2")
        assert becomes_true(begun.exists)
        end = threads.submit(runtime.close)
        ended_the_idle_one = becomes_true(lambda: not is_running(idle))
        is_waiting = not run.done() and not end.done()
        go.touch()

        assert (ended_the_idle_one, is_waiting) == (True, True)
        assert (run.result().status, run.result().payload) == ("ok", "done")
        end.result()
