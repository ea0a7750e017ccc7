"""Lambda on the desk: a handler gets what AWS would give it, and its run is reported as on AWS."""

import re
import statistics
from typing import Any

import pytest

from tests.cloud.conftest import CLIENTS, WITHOUT_NATIVE_CLIENT
from tests.cloud.lambdas import handler_lines, runtime_of, texts
from watchbill.cloud.runtime import Runtime
from watchbill.cloud.template.build import Deployment


def test_a_handler_gets_the_event_and_its_result_comes_back(runtime: Runtime) -> None:
    event = {
        "role": "ceo",
        "due_at": "2026-03-11T06:50:00Z",
        "text": "größer\n\u0000",
        "nested": {"list": [1, None]},
    }

    invocation = runtime.invoke("echo", event, request_id="r-1")

    assert (invocation.status, invocation.payload, invocation.request_id) == ("ok", event, "r-1")


def test_a_handler_is_told_the_seconds_after_which_it_is_killed(runtime: Runtime) -> None:
    limited = runtime.invoke("context", {}, request_id="r-1", wall_limit_seconds=2.0).payload

    assert 1000 < limited["left"] <= 2000, "its own timeout is 5 seconds"


def test_a_handler_gets_the_facts_of_its_own_run(runtime: Runtime) -> None:
    context = runtime.invoke("context", {}, request_id="r-1").payload

    assert 4000 < context.pop("left") <= 5000
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}", context.pop("log_stream_name"))
    assert context == {
        "aws_request_id": "r-1",
        "function_name": "context",
        "function_version": "$LATEST",
        "invoked_function_arn": "arn:aws:lambda:us-east-1:123456789012:function:context",
        "memory_limit_in_mb": "128",
        "log_group_name": "/aws/lambda/context",
    }


def test_the_first_run_is_a_cold_start_and_the_next_is_warm_in_the_same_process(runtime: Runtime) -> None:
    cold = runtime.invoke("pid", {}, request_id="r-1")
    warm = runtime.invoke("pid", {}, request_id="r-1")

    assert warm.payload == cold.payload
    assert cold.init_ms is not None
    assert warm.init_ms is None
    assert warm.log_stream == cold.log_stream


def test_a_run_is_logged_as_lambda_logs_it(runtime: Runtime) -> None:
    cold = runtime.invoke("echo", {}, request_id="r-1")
    warm = runtime.invoke("echo", {}, request_id="r-2")

    assert [text.split(" ")[0] for _, text in cold.log_lines] == ["INIT_START", "START", "END", "REPORT"]
    assert texts(warm)[:2] == ["START RequestId: r-2 Version: $LATEST", "END RequestId: r-2"]
    report = r"REPORT RequestId: r-2\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB"
    assert re.fullmatch(report + r"\tMax Memory Used: \d+ MB", texts(warm)[2])
    assert re.search(r"\tInit Duration: [\d.]+ ms$", texts(cold)[-1])
    assert 5 < warm.max_memory_mb < 200


def test_the_output_of_a_handler_belongs_to_its_own_run(runtime: Runtime) -> None:
    first = runtime.invoke("act", {"act": "speak", "word": "one"}, request_id="r-1")
    second = runtime.invoke("act", {"act": "speak", "word": "two"}, request_id="r-2")

    spoken = handler_lines(second)
    assert spoken[:2] == ["said two", "erred"]
    assert re.fullmatch(r"\[WARNING\]\t\S+Z\tr-2\tlogged", spoken[2])
    assert spoken[3:] == ["half a line, and no \ufffd text"]
    assert "said one" in handler_lines(first)
    stamps = [stamp for stamp, _ in first.log_lines + second.log_lines]
    assert stamps == sorted(stamps)


def test_a_flood_of_output_is_cut_and_the_run_goes_on(runtime: Runtime) -> None:
    invocation = runtime.invoke("act", {"act": "flood"}, request_id="r-1")

    assert invocation.is_ok
    assert sum(len(text) for text in texts(invocation)) < 9_000_000
    assert any("the rest was dropped" in text for text in texts(invocation))
    assert len(handler_lines(runtime.invoke("act", {"act": "speak"}, request_id="r-2"))) == 4


def test_an_exception_is_reported_with_its_trace_and_the_process_stays_warm(runtime: Runtime) -> None:
    invocation = runtime.invoke("act", {"act": "fail"}, request_id="r-1")

    assert invocation.status == "error"
    assert (invocation.payload["errorType"], invocation.payload["errorMessage"]) == (
        "ValueError",
        "no such row",
    )
    assert invocation.payload["stackTrace"][-1].strip().endswith('raise ValueError("no such row")')
    assert handler_lines(invocation)[0].startswith(
        "[ERROR] ValueError: no such row\nTraceback (most recent call last):\n  File"
    )
    assert runtime.invoke("act", {"act": "raw"}, request_id="r-2").init_ms is None


def test_a_result_that_is_not_json_is_the_functions_error(runtime: Runtime) -> None:
    invocation = runtime.invoke("act", {"act": "unspeakable"}, request_id="r-1")

    assert invocation.status == "error"
    assert invocation.payload["errorType"] == "Runtime.MarshalError"


@pytest.mark.parametrize(("act", "result"), [("raw", "plain bytes"), ("number", 1.5), ("large", "x" * 3_000_000)])
def test_unusual_results_come_back_whole(runtime: Runtime, act: str, result: object) -> None:
    assert runtime.invoke("act", {"act": act}, request_id="r-1").payload == result


@pytest.mark.skipif(WITHOUT_NATIVE_CLIENT, reason="awslambdaric has no native part here")
@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("echo", {"a": [1.5, None, "ü"]}),
        ("act", {"act": "speak"}),
        ("act", {"act": "fail"}),
        ("act", {"act": "no_such_act"}),
        ("act", {"act": "unspeakable"}),
        ("act", {"act": "raw"}),
        ("act", {"act": "number"}),
        ("act", {"act": "die"}),
        ("cannot_import", {}),
        ("cannot_compile", {}),
        ("has_no_handler", {}),
    ],
)
def test_both_clients_report_the_same_run(deployment: Deployment, name: str, event: dict[str, Any]) -> None:
    stories = []
    for client in CLIENTS:
        with runtime_of(deployment, client) as runtime:
            invocation = runtime.invoke(name, event, request_id="r-1")
        stories.append((invocation.status, invocation.payload, [_timeless(line) for line in handler_lines(invocation)]))

    assert stories[0] == stories[1]


def test_functions_warmed_up_are_ready_sooner_and_still_report_their_start(runtime: Runtime) -> None:
    runtime.warm_up()
    runtime.invoke("act", {"act": "raw"}, request_id="r-1")

    echo = runtime.invoke("echo", {"a": 1}, request_id="r-2")
    broken = runtime.invoke("cannot_import", {}, request_id="r-3")

    assert (echo.payload, texts(echo)[0].split(" ")[0]) == ({"a": 1}, "INIT_START")
    assert echo.init_ms is not None
    assert broken.payload["errorType"] == "Runtime.ImportModuleError"
    assert runtime.invoke("echo", {}, request_id="r-4").init_ms is None


def test_a_warm_run_costs_no_network_delay(runtime: Runtime) -> None:
    runs = [runtime.invoke("echo", {}, request_id=f"r-{number}") for number in range(60)]

    assert statistics.median(run.wall_ms for run in runs) < 25  # small writes with Nagle's delay took over 40


def _timeless(line: str) -> str:
    return re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME", line)
