"""The server that forks function processes: what a function inherits of it, and what happens when it is killed."""

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cloud.lambdas import becomes_true, is_running, runtime_of, spec_of
from watchbill.cloud.runtime import Runtime
from watchbill.cloud.runtime.fork_server import fork_server
from watchbill.cloud.runtime.function_process import FunctionProcess
from watchbill.cloud.runtime.inside.fork_server import CLIENTS
from watchbill.cloud.template.build import Deployment
from watchbill.errors import DeskError

LAYER = Path(__file__).parents[2] / "layers/company/python"
on_linux = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="the system does not show open files")


@on_linux
def test_a_function_has_no_file_of_the_servers_and_none_of_another_functions(runtime: Runtime, client: str) -> None:
    runtime.invoke("echo", {}, request_id="r-1")
    runtime.invoke("pid", {}, request_id="r-2")
    pid = runtime.invoke("act", {"act": "pid"}, request_id="r-3").payload

    opened = [(Path(f"/proc/{pid}/fd") / name).readlink() for name in os.listdir(f"/proc/{pid}/fd")]

    kinds = sorted(str(one).split(":", maxsplit=1)[0] for one in opened)
    # Input, output and errors, the lifeline, and the connections of the Runtime API's client.
    assert [kind for kind in kinds if kind != "socket"] == ["/dev/null", "pipe", "pipe", "pipe"]
    assert client != "bare" or kinds.count("socket") == 1


@on_linux
def test_a_function_is_a_session_of_its_own_that_bears_its_roles_name(runtime: Runtime) -> None:
    pid = runtime.invoke("act", {"act": "pid"}, request_id="r-1").payload

    assert os.getsid(pid) == os.getpgid(pid) == pid
    assert Path(f"/proc/{pid}/comm").read_text() == "act\n"


def test_a_functions_clients_find_what_the_server_has_read_of_botocores_descriptions(runtime: Runtime) -> None:
    """A file for each service, of two megabytes for some: a function without them took a tenth of a second longer."""
    event = {"act": "described", "layer": str(LAYER), "services": list(CLIENTS)}

    assert runtime.invoke("act", event, request_id="r-1").payload == []


def test_a_client_that_the_server_has_not_read_reads_its_own_description(runtime: Runtime) -> None:
    event = {"act": "described", "layer": str(LAYER), "services": ["sts"]}

    read = runtime.invoke("act", event, request_id="r-1").payload

    assert {Path(path).parts[-3] for path in read} == {"sts"}


def test_after_the_server_was_killed_functions_start_again(runtime: Runtime) -> None:
    before = runtime.invoke("pid", {}, request_id="r-1").payload
    server = fork_server()
    os.kill(server.pid, signal.SIGKILL)
    assert becomes_true(lambda: not server.is_running)

    with pytest.raises(DeskError, match="has ended"):
        server.start({}, Path("/"), "bare", lifeline=0, output=1)
    answer = runtime.invoke("pid", {}, request_id="r-2")

    assert (answer.status, answer.init_ms is None) == ("ok", False)
    assert answer.payload != before
    assert becomes_true(lambda: not is_running(before))


def test_one_server_serves_all_runtimes_of_a_process(runtime: Runtime) -> None:
    assert fork_server() is fork_server()
    assert fork_server("json") is not fork_server()


def test_a_server_that_was_killed_makes_room_for_another_and_no_living_one_does() -> None:
    living, killed = fork_server(), fork_server("json")
    os.kill(killed.pid, signal.SIGKILL)
    assert becomes_true(lambda: not killed.is_running)

    assert fork_server("json") is not killed
    assert fork_server() is living
    assert living.is_running


def test_a_killed_server_of_layers_is_known_before_its_exit_code_has_come(tmp_path: Path) -> None:
    first, killed = fork_server(), fork_server(layers=(LAYER / "company",))
    fork_server(layers=(tmp_path,))  # the first one has let go of the other's socket before it serves this
    os.kill(first.pid, signal.SIGSTOP)  # it would report the exit code
    try:
        assert killed.is_running
        os.kill(killed.pid, signal.SIGKILL)
        assert becomes_true(lambda: not killed.is_running)
    finally:
        os.kill(first.pid, signal.SIGCONT)


@on_linux
def test_what_cannot_start_leaves_no_file_open(tmp_path: Path) -> None:
    killed = fork_server("json")
    os.kill(killed.pid, signal.SIGKILL)
    assert becomes_true(lambda: not killed.is_running)
    before = os.listdir("/proc/self/fd")

    with pytest.raises(DeskError, match="has ended"):
        FunctionProcess(killed, {}, tmp_path, "bare")
    with pytest.raises(DeskError, match="has ended"):
        killed.with_layers((LAYER / "company",))

    assert len(os.listdir("/proc/self/fd")) == len(before)


@pytest.fixture
def layered(deployment: Deployment, client: str) -> Iterator[Runtime]:
    with runtime_of(deployment, client, imports_layers=True) as runtime:  # type: ignore[arg-type]
        yield runtime


def test_layers_are_imported_once_for_every_function(layered: Runtime) -> None:
    layered.define(replace(spec_of("layered"), name="another"))

    first, second = (layered.invoke(name, {}, request_id="r-1").payload for name in ("layered", "another"))

    assert first[0] == second[0]
    assert len({first[0], first[1], second[1]}) == 3


def test_another_version_of_a_layer_is_imported_by_its_function(layered: Runtime, tmp_path: Path) -> None:
    (tmp_path / "toy.py").write_text("IMPORTED_BY = 'another version'\n")
    layered.define(replace(spec_of("layered"), replaced_layers={"toy": tmp_path}))

    assert layered.invoke("layered", {}, request_id="r-1").payload[0] == "another version"


def test_a_function_without_a_layer_does_not_have_it(layered: Runtime) -> None:
    layered.define(replace(spec_of("layered"), layers=("company",)))
    layered.define(replace(spec_of("pid"), name="kept"))

    failed = layered.invoke("layered", {}, request_id="r-1")

    assert (failed.status, failed.payload["errorType"]) == ("init_error", "Runtime.ImportModuleError")
    assert layered.invoke("kept", {}, request_id="r-2").is_ok


def test_a_server_of_layers_that_was_killed_is_made_again(layered: Runtime) -> None:
    before = layered.invoke("layered", {}, request_id="r-1").payload[0]
    os.kill(before, signal.SIGKILL)
    assert becomes_true(lambda: not is_running(before))
    layered.define(spec_of("layered"))

    after = layered.invoke("layered", {}, request_id="r-2")

    assert after.is_ok
    assert after.payload[0] != before
