"""Lambda on the desk: whatever a handler does, its run ends, is told apart, and leaves nothing behind."""

import importlib.util
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from watchbill.cloud.build import Deployment, deploy_artefacts
from watchbill.cloud.errors import DeskError
from watchbill.cloud.runtime import ClientName, FunctionSpec, Invocation, Runtime

CHECKOUT = Path(__file__).resolve().parents[2]
CLIENTS: list[ClientName] = ["awslambdaric", "bare"]
WITHOUT_NATIVE_CLIENT = importlib.util.find_spec("runtime_client") is None

HANDLERS = {
    "echo": "def handler(event, context):\n    return event\n",
    "context": """
        def handler(event, context):
            names = ["aws_request_id", "function_name", "function_version", "invoked_function_arn",
                     "memory_limit_in_mb", "log_group_name", "log_stream_name"]
            left = context.get_remaining_time_in_millis()
            return {"left": left, **{name: getattr(context, name) for name in names}}
        """,
    "environment": "import os\ndef handler(event, context):\n    return dict(os.environ)\n",
    "pid": "import os\ndef handler(event, context):\n    return os.getpid()\n",
    "act": """
        import decimal, logging, os, subprocess, sys, time
        def handler(event, context):
            return globals()[event["act"]](event)
        def speak(event):
            print("said", event.get("word"))
            print("erred", file=sys.stderr)
            logging.getLogger().warning("logged")
            os.write(1, b"half a line, and no \\xff text")
        def flood(event):
            for _ in range(20000):
                print("x" * 1000)
        def fail(event):
            raise ValueError("no such row")
        def leave(event):
            os._exit(event["code"])
        def die(event):
            os.kill(os.getpid(), 9)
        def hang(event):
            child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
            print("pids", os.getpid(), child.pid, flush=True)
            time.sleep(600)
        def spin(event):
            while True:
                pass
        def leave_a_child_and_exit(event):
            if os.fork() == 0:
                time.sleep(600)
            os._exit(3)
        def unspeakable(event):
            return {1, 2}
        def raw(event):
            return b"plain bytes"
        def number(event):
            return decimal.Decimal("1.5")
        def large(event):
            return "x" * 3_000_000
        def finds(event):
            return [importable(name) for name in event["modules"]]
        def importable(name):
            try:
                __import__(name)
            except ImportError:
                return False
            return True
        """,
    "cannot_import": "import nowhere_to_be_found\n",
    "cannot_compile": "def (\n",
    "has_no_handler": "def other(event, context): ...\n",
    "fails_at_import": "raise RuntimeError('no settings')\n",
    "exits_at_import": "import os\nos._exit(7)\n",
    "hangs_at_import": "import time\ntime.sleep(600)\n",
}


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    checkout = tmp_path_factory.mktemp("runtime") / "a checkout"
    for name, code in HANDLERS.items():
        _write(checkout / "functions" / name / "handler.py", textwrap.dedent(code))
    _write(checkout / "layers/company/python/company_layer.py", "")
    _write(checkout / "layers/toy/python/toy_layer.py", "")
    _write(checkout / "only_in_the_checkout.py", "")
    _write(checkout / "sql/company/one.sql", "")
    return deploy_artefacts(checkout, checkout / ".watchbill")


@pytest.fixture(params=CLIENTS)
def client(request: pytest.FixtureRequest) -> ClientName:
    name: ClientName = request.param
    if name == "awslambdaric" and WITHOUT_NATIVE_CLIENT:
        pytest.skip("awslambdaric has no native part here")
    return name


@pytest.fixture
def runtime(deployment: Deployment, client: ClientName) -> Iterator[Runtime]:
    with _runtime(deployment, client) as runtime:
        yield runtime


def test_a_handler_gets_the_event_and_its_result_comes_back(runtime: Runtime) -> None:
    event = {
        "role": "ceo",
        "due_at": "2026-03-11T06:50:00Z",
        "text": "größer\n\u0000",
        "nested": {"list": [1, None]},
    }

    invocation = runtime.invoke("echo", event, request_id="r-1")

    assert (invocation.status, invocation.payload, invocation.request_id) == ("ok", event, "r-1")


def test_a_handler_is_told_of_its_own_run(runtime: Runtime) -> None:
    told = runtime.invoke("context", {}, request_id="r-1").payload

    assert 4000 < told.pop("left") <= 5000
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}", told.pop("log_stream_name"))
    assert told == {
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
    assert _texts(warm)[:2] == ["START RequestId: r-2 Version: $LATEST", "END RequestId: r-2"]
    report = r"REPORT RequestId: r-2\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB"
    assert re.fullmatch(report + r"\tMax Memory Used: \d+ MB", _texts(warm)[2])
    assert re.search(r"\tInit Duration: [\d.]+ ms$", _texts(cold)[-1])
    assert 5 < warm.max_memory_mb < 200


def test_what_a_handler_says_belongs_to_its_own_run(runtime: Runtime) -> None:
    first = runtime.invoke("act", {"act": "speak", "word": "one"}, request_id="r-1")
    second = runtime.invoke("act", {"act": "speak", "word": "two"}, request_id="r-2")

    said = _said(second)
    assert said[:2] == ["said two", "erred"]
    assert re.fullmatch(r"\[WARNING\]\t\S+Z\tr-2\tlogged", said[2])
    assert said[3:] == ["half a line, and no \ufffd text"]
    assert "said one" in _said(first)
    stamps = [stamp for stamp, _ in first.log_lines + second.log_lines]
    assert stamps == sorted(stamps)


def test_a_flood_of_output_is_cut_and_the_run_goes_on(runtime: Runtime) -> None:
    invocation = runtime.invoke("act", {"act": "flood"}, request_id="r-1")

    assert invocation.is_ok
    assert sum(len(text) for text in _texts(invocation)) < 9_000_000
    assert any("the rest was dropped" in text for text in _texts(invocation))
    assert len(_said(runtime.invoke("act", {"act": "speak"}, request_id="r-2"))) == 4


def test_an_exception_is_reported_with_its_trace_and_the_process_stays_warm(runtime: Runtime) -> None:
    invocation = runtime.invoke("act", {"act": "fail"}, request_id="r-1")

    assert invocation.status == "error"
    assert (invocation.payload["errorType"], invocation.payload["errorMessage"]) == (
        "ValueError",
        "no such row",
    )
    assert invocation.payload["stackTrace"][-1].strip().endswith('raise ValueError("no such row")')
    assert _said(invocation)[0].startswith(
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


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ({"act": "leave", "code": 3}, "Runtime exited with error: exit status 3"),
        ({"act": "leave", "code": 0}, "Runtime exited without providing a reason"),
        ({"act": "die"}, "Runtime exited with error: signal: killed"),
        ({"act": "leave_a_child_and_exit"}, "Runtime exited with error: exit status 3"),
    ],
)
def test_a_process_that_dies_is_noticed_and_the_next_run_starts_cold(
    runtime: Runtime, event: dict[str, Any], reason: str
) -> None:
    invocation = runtime.invoke("act", event, request_id="r-1")

    assert invocation.status == "crashed"
    assert invocation.payload == {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: r-1 Error: {reason}",
    }
    assert invocation.wall_ms < 4000
    assert _texts(invocation)[-1].endswith("\tStatus: error\tError Type: Runtime.ExitError")
    assert runtime.invoke("act", {"act": "raw"}, request_id="r-2").init_ms is not None


@pytest.mark.parametrize("act", ["hang", "spin"])
def test_a_hung_handler_is_killed_at_the_wall_limit_and_charged_its_whole_timeout(runtime: Runtime, act: str) -> None:
    invocation = runtime.invoke("act", {"act": act}, request_id="r-1", wall_limit_seconds=0.3)

    assert invocation.status == "timeout"
    assert invocation.payload["errorType"] == "Sandbox.Timedout"
    assert invocation.payload["errorMessage"].endswith("Task timed out after 5.00 seconds")
    assert re.fullmatch(r"\S+Z r-1 Task timed out after 5.00 seconds", _said(invocation)[-1])
    assert (invocation.duration_ms, _texts(invocation)[-1].endswith("\tStatus: timeout")) == (5000, True)
    assert runtime.invoke("act", {"act": "raw"}, request_id="r-2").init_ms is not None


def test_a_function_is_killed_at_its_own_timeout_with_all_that_it_started(runtime: Runtime) -> None:
    runtime.define(FunctionSpec("short", "act.handler.handler", timeout_seconds=0.5))

    invocation = runtime.invoke("short", {"act": "hang"}, request_id="r-1")

    assert invocation.status == "timeout"
    _, *pids = _said(invocation)[0].split()
    assert len(pids) == 2
    assert _becomes_true(lambda: not any(_lives(int(pid)) for pid in pids))


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("cannot_import", "Runtime.ImportModuleError", "No module named 'nowhere_to_be_found'"),
        ("cannot_compile", "Runtime.UserCodeSyntaxError", "invalid syntax"),
        ("has_no_handler", "Runtime.HandlerNotFound", "Handler 'handler' missing"),
        ("fails_at_import", "RuntimeError", "no settings"),
        ("exits_at_import", "Runtime.ExitError", "exit status 7"),
    ],
)
def test_a_function_that_does_not_start_says_why(runtime: Runtime, name: str, kind: str, words: str) -> None:
    invocation = runtime.invoke(name, {}, request_id="r-1")

    assert invocation.status == "init_error"
    assert invocation.payload["errorType"] == kind
    assert words in invocation.payload["errorMessage"]
    assert _texts(invocation)[-1].endswith(f"\tStatus: error\tError Type: {kind}")


def test_a_function_that_hangs_at_its_start_is_ended_at_the_init_limit(
    deployment: Deployment, client: ClientName
) -> None:
    with _runtime(deployment, client, init_limit_seconds=1.0) as runtime:
        invocation = runtime.invoke("hangs_at_import", {}, request_id="r-1")

    assert invocation.status == "timeout"
    assert invocation.wall_ms < 4000


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
def test_both_clients_tell_the_same_story(deployment: Deployment, name: str, event: dict[str, Any]) -> None:
    stories = []
    for client in CLIENTS:
        with _runtime(deployment, client) as runtime:
            invocation = runtime.invoke(name, event, request_id="r-1")
        stories.append((invocation.status, invocation.payload, [_timeless(line) for line in _said(invocation)]))

    assert stories[0] == stories[1]


def test_the_checkout_and_the_desk_are_out_of_reach(runtime: Runtime) -> None:
    modules = [
        "watchbill",
        "watchbill.cloud",
        "tests",
        "only_in_the_checkout",
        "launcher",
        "process",
        "api",
    ]

    found = runtime.invoke("act", {"act": "finds", "modules": modules}, request_id="r-1").payload

    assert found == [False] * len(modules)


def test_a_function_finds_its_neighbours_third_parties_and_only_its_own_layers(runtime: Runtime) -> None:
    runtime.define(FunctionSpec("one_layer", "act.handler.handler", 5, layers=("company",)))
    event = {"act": "finds", "modules": ["echo.handler", "psycopg", "company_layer", "toy_layer"]}

    assert runtime.invoke("act", event, request_id="r-1").payload == [True, True, True, True]
    assert runtime.invoke("one_layer", event, request_id="r-2").payload == [True, True, True, False]


def test_nothing_of_the_shell_reaches_a_function(
    deployment: Deployment, client: ClientName, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = [
        "ANTHROPIC_API_KEY",
        "AWS_PROFILE",
        "BRAIN_DSN",
        "HTTPS_PROXY",
        "PGPASSWORD",
        "AWS_SESSION_TOKEN",
    ]
    for name in secrets:
        monkeypatch.setenv(name, "of the shell")

    with _runtime(deployment, client, environment={"AWS_ENDPOINT_URL": "http://localhost:1"}) as runtime:
        seen = runtime.invoke("environment", {}, request_id="r-1").payload

    assert "of the shell" not in seen.values()
    assert set(seen) - _LAMBDA_NAMES == {"AWS_ENDPOINT_URL", "ROLE"}
    assert seen["PATH"] != os.environ["PATH"]


def test_a_fresh_secret_is_asked_for_at_each_cold_start_only(deployment: Deployment, client: ClientName) -> None:
    asked: list[str] = []

    def at_start(spec: FunctionSpec) -> dict[str, str]:
        asked.append(spec.name)
        return {"BRAIN_PASSWORD": f"secret {len(asked)}"}

    with _runtime(deployment, client, at_start=at_start) as runtime:
        first = [runtime.invoke("environment", {}, request_id="r") for _ in range(2)]
        runtime.define(_spec("environment"))
        again = runtime.invoke("environment", {}, request_id="r")

    assert [run.payload["BRAIN_PASSWORD"] for run in [*first, again]] == ["secret 1", "secret 1", "secret 2"]


def test_functions_warmed_up_are_ready_sooner_and_still_report_their_start(runtime: Runtime) -> None:
    runtime.warm_up()
    runtime.invoke("act", {"act": "raw"}, request_id="r-1")

    echo = runtime.invoke("echo", {"a": 1}, request_id="r-2")
    broken = runtime.invoke("cannot_import", {}, request_id="r-3")

    assert (echo.payload, _texts(echo)[0].split(" ")[0]) == ({"a": 1}, "INIT_START")
    assert echo.init_ms is not None
    assert broken.payload["errorType"] == "Runtime.ImportModuleError"
    assert runtime.invoke("echo", {}, request_id="r-4").init_ms is None


def test_a_warm_run_costs_no_network_delay(runtime: Runtime) -> None:
    runs = [runtime.invoke("echo", {}, request_id=f"r-{number}") for number in range(60)]

    assert statistics.median(run.wall_ms for run in runs) < 10  # unbuffered writes under Nagle's delay took over 40


def test_closing_ends_every_process_and_removes_its_folder(deployment: Deployment, client: ClientName) -> None:
    with _runtime(deployment, client) as runtime:
        pid = runtime.invoke("pid", {}, request_id="r-1").payload
        folder = runtime.invoke("environment", {}, request_id="r-2").payload["TMPDIR"]
        assert _lives(pid)

    assert not _lives(pid)
    assert not Path(folder).exists()


@pytest.mark.parametrize("event", [{"act": "hang"}, {"act": "spin"}, {"act": "raw"}])
def test_function_processes_die_with_a_desk_that_is_killed(
    deployment: Deployment, client: ClientName, tmp_path: Path, event: dict[str, Any]
) -> None:
    script = tmp_path / "desk.py"
    script.write_text(textwrap.dedent(DESK))
    arguments = [str(deployment.root), client, json.dumps(event)]
    with subprocess.Popen([sys.executable, script, *arguments], cwd=CHECKOUT, env=_DESK_ENVIRONMENT, stdout=-1) as desk:
        assert desk.stdout is not None
        pid = int(desk.stdout.readline())
        assert _lives(pid)

        desk.send_signal(signal.SIGKILL)

        assert _becomes_true(lambda: not _lives(pid))


def test_a_function_or_layer_that_is_not_deployed_is_refused_by_name(runtime: Runtime) -> None:
    with pytest.raises(DeskError, match="no function 'nobody'"):
        runtime.invoke("nobody", {}, request_id="r-1")
    with pytest.raises(DeskError, match="layer that is not deployed: missing"):
        runtime.define(FunctionSpec("echo", "echo.handler.handler", 5, layers=("missing",)))


DESK = """
    import json, sys
    from pathlib import Path
    from watchbill.cloud.build import Deployment
    from watchbill.cloud.runtime import FunctionSpec, Runtime
    runtime = Runtime(Deployment(Path(sys.argv[1]), "digest"), client=sys.argv[2])
    runtime.define(FunctionSpec("act", "act.handler.handler", 600))
    runtime.invoke("act", {"act": "raw"}, request_id="r-1")
    print(runtime._functions["act"]._process._popen.pid, flush=True)
    runtime.invoke("act", json.loads(sys.argv[3]), request_id="r-2")
    sys.stdout.close()
    __import__("signal").pause()
    """
_DESK_ENVIRONMENT = {"PATH": os.defpath, "PYTHONPATH": str(CHECKOUT)}
_LAMBDA_NAMES = {
    "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_ACCESS_KEY_ID", "AWS_CONFIG_FILE", "AWS_DEFAULT_REGION",
    "AWS_EC2_METADATA_DISABLED", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_LAMBDA_RUNTIME_API", "AWS_REGION", "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN", "AWS_SHARED_CREDENTIALS_FILE", "HOME", "LAMBDA_TASK_ROOT", "LANG", "PATH",
    "PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "TMPDIR", "TZ",
}  # fmt: skip


def _runtime(deployment: Deployment, client: ClientName, **options: Any) -> Runtime:
    runtime = Runtime(deployment, client=client, **options)
    for name in HANDLERS:
        runtime.define(_spec(name))
    return runtime


def _spec(name: str) -> FunctionSpec:
    return FunctionSpec(name, f"{name}.handler.handler", timeout_seconds=5, environment={"ROLE": name})


def _texts(invocation: Invocation) -> list[str]:
    return [text for _, text in invocation.log_lines]


def _said(invocation: Invocation) -> list[str]:
    """The lines of the handler, without the platform's and without awslambdaric's note on a failed start."""
    platform = ("INIT_START", "START ", "END ", "REPORT ")
    return [text for text in _texts(invocation) if not text.startswith(platform) and "LAMBDA_WARNING" not in text]


def _timeless(line: str) -> str:
    return re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME", line)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except ProcessLookupError:
        return False
    except OSError:
        return not Path("/proc/self").exists()


def _becomes_true(fact: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if fact():
            return True
        time.sleep(0.02)
    return False


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
