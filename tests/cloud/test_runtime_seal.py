"""Lambda on the desk: a function reaches neither shell nor checkout, and ends with the desk."""

import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from tests.cloud.lambdas import becomes_true, is_running, runtime_of, spec_of
from watchbill.cloud.runtime import ClientName, FunctionSpec, Runtime
from watchbill.cloud.template.build import Deployment
from watchbill.errors import DeskError

CHECKOUT = Path(__file__).resolve().parents[2]
DESK = """
    import json, sys
    from pathlib import Path
    from watchbill.cloud.template.build import Deployment
    from watchbill.cloud.runtime import FunctionSpec, Runtime
    runtime = Runtime(Deployment(Path(sys.argv[1]), "digest"), client=sys.argv[2])
    runtime.define(FunctionSpec("act", "act.handler.handler", 600))
    print(runtime.invoke("act", {"act": "pid"}, request_id="r-1").payload, flush=True)
    runtime.invoke("act", json.loads(sys.argv[3]), request_id="r-2")
    sys.stdout.close()
    __import__("signal").pause()
    """
_LAMBDA_NAMES = {
    "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_ACCESS_KEY_ID", "AWS_CONFIG_FILE", "AWS_DEFAULT_REGION",
    "AWS_EC2_METADATA_DISABLED", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API", "AWS_REGION", "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN", "AWS_SHARED_CREDENTIALS_FILE", "HOME", "LAMBDA_TASK_ROOT", "LANG", "PATH",
    "PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "TMPDIR", "TZ",
}  # fmt: skip


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
    monkeypatch.setenv("PATH", "/of/the/shell", prepend=os.pathsep)

    with runtime_of(deployment, client, environment={"AWS_ENDPOINT_URL": "http://localhost:1"}) as runtime:
        seen = runtime.invoke("environment", {}, request_id="r-1").payload

    assert "of the shell" not in seen.values()
    assert set(seen) - _LAMBDA_NAMES == {"AWS_ENDPOINT_URL", "ROLE"}
    assert "/of/the/shell" not in seen["PATH"]
    assert seen["AWS_ACCESS_KEY_ID"] == "environment", "its name, by which the cloud knows its rights"


def test_a_fresh_secret_is_asked_for_at_each_cold_start_only(deployment: Deployment, client: ClientName) -> None:
    asked: list[str] = []

    def at_start(spec: FunctionSpec) -> dict[str, str]:
        asked.append(spec.name)
        return {"BRAIN_PASSWORD": f"secret {len(asked)}"}

    with runtime_of(deployment, client, at_start=at_start) as runtime:
        first = [runtime.invoke("environment", {}, request_id="r") for _ in range(2)]
        runtime.define(spec_of("environment"))
        again = runtime.invoke("environment", {}, request_id="r")

    assert [run.payload["BRAIN_PASSWORD"] for run in [*first, again]] == ["secret 1", "secret 1", "secret 2"]


def test_closing_ends_every_process_and_removes_its_folder(deployment: Deployment, client: ClientName) -> None:
    with runtime_of(deployment, client) as runtime:
        pid = runtime.invoke("pid", {}, request_id="r-1").payload
        folder = runtime.invoke("environment", {}, request_id="r-2").payload["TMPDIR"]
        assert is_running(pid)

    assert not is_running(pid)
    assert not Path(folder).exists()


@pytest.mark.parametrize("event", [{"act": "hang"}, {"act": "spin"}, {"act": "raw"}])
def test_function_processes_end_with_a_desk_that_is_killed(
    deployment: Deployment, client: ClientName, tmp_path: Path, event: dict[str, Any]
) -> None:
    script = tmp_path / "desk.py"
    script.write_text(textwrap.dedent(DESK))
    arguments = [str(deployment.root), client, json.dumps(event)]
    environment = {"PATH": os.defpath, "PYTHONPATH": str(CHECKOUT), "TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, script, *arguments], cwd=CHECKOUT, env=environment, stdout=-1) as desk:
        assert desk.stdout is not None
        pid = int(desk.stdout.readline())
        assert is_running(pid)

        desk.send_signal(signal.SIGKILL)

        assert becomes_true(lambda: not is_running(pid))


def test_a_function_or_layer_that_is_not_deployed_is_refused_by_name(runtime: Runtime) -> None:
    with pytest.raises(DeskError, match="no function 'nobody'"):
        runtime.invoke("nobody", {}, request_id="r-1")
    with pytest.raises(DeskError, match="layer that is not deployed: missing"):
        runtime.define(FunctionSpec("echo", "echo.handler.handler", 5, layers=("missing",)))
