"""The desk's side of the fork server: starts it once for this process, and asks it for function processes.

Importing the libraries takes most of a cold start. The server imports them once (inside/fork_server.py), and a server
that it forks imports the deployed layers too; each function is then a process of its own as before: own session,
environment, folder and import path, own copy of all memory.
"""

import atexit
import json
import os
import select
import socket
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from company.json_values import JsonObject
from watchbill.errors import DeskError

PROGRAM = Path(__file__).parent / "inside" / "fork_server.py"
PRELOADED = (
    *("psycopg.rows", "pydantic.main", "pydantic.types", "yaml", "jinja2", "aws_lambda_powertools.logging"),
    *("boto3", "botocore.config"),
)
"""What nearly every function imports of the installed libraries."""
START_SECONDS = 30.0
END_SECONDS = 10.0
STANDARD_ERROR = 2
_Imported = tuple[tuple[str, ...], tuple[Path, ...]]
_STARTED: "dict[_Imported, ForkServer]" = {}
"""The servers of this process, each by what it imported beyond PRELOADED; one that was killed makes room alone."""
_STARTING = threading.Lock()


class ForkedProcess:
    """A function process that the fork server made: what subprocess.Popen gives of one's own child."""

    def __init__(self, pid: int, pipe: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._pipe = pipe

    def poll(self) -> int | None:
        """Its exit code once it has ended (negative: the signal that ended it), else None."""
        return self._take(0)

    def wait(self) -> int:
        """Waits for its end; it was killed before, and ends at once."""
        code = self._take(END_SECONDS)
        if code is None:
            raise DeskError(f"process {self.pid} was killed and has not ended after {END_SECONDS:g} s")
        return code

    def _take(self, seconds: float) -> int | None:
        if self.returncode is None and (line := _read_line(self._pipe, seconds)) is not None:
            # Nothing but an end: the server itself was killed, and with it the only one who would know.
            self.returncode = int(line) if line else -9
            os.close(self._pipe)
        return self.returncode


class ServerProcess(Protocol):
    """A server's process: a child of this one, or of another server."""

    @property
    def pid(self) -> int: ...
    def poll(self) -> int | None: ...
    def wait(self) -> int: ...


class ForkServer:
    """One running server; requests come one after the other, from any thread."""

    def __init__(self, process: ServerProcess, connected: socket.socket) -> None:
        self._lock = threading.Lock()
        self._process, self._socket = process, connected
        atexit.register(self.close)

    @classmethod
    def launched(cls, libraries: tuple[str, ...], preloaded: tuple[str, ...]) -> "ForkServer":
        """A new server that imports these modules of the installed libraries."""
        ours, theirs = socket.socketpair()
        with theirs:
            popen = subprocess.Popen(
                [sys.executable, "-S", "-P", str(PROGRAM), str(theirs.fileno()), *preloaded],
                env={"LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": os.pathsep.join(libraries)},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        return cls(popen, ours)

    def with_layers(self, layers: tuple[Path, ...]) -> "ForkServer":
        """A server forked from this one that imports every module of these layers, each named as its package."""
        ours, theirs = socket.socketpair()
        request = {"import_path": [str(path) for path in layers], "packages": [path.name for path in layers]}
        with theirs:
            try:
                return ForkServer(self._forked(request, theirs.fileno(), STANDARD_ERROR), ours)
            except BaseException:
                ours.close()
                raise

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Its socket says so first: the exit code of a server of layers comes by the server that forked it."""
        return not self._has_closed_its_socket() and self._process.poll() is None

    def _has_closed_its_socket(self) -> bool:
        try:
            return not self._socket.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def start(
        self, environment: Mapping[str, str], folder: Path, client: str, *, lifeline: int, output: int
    ) -> ForkedProcess:
        """A new function process; DeskError when the server has ended."""
        request = {"environment": dict(environment), "folder": str(folder), "client": client}
        return self._forked(request, lifeline, output)

    def _forked(self, request: JsonObject, given: int, output: int) -> ForkedProcess:
        reading, pipe = os.pipe()
        with self._lock:
            try:
                text = json.dumps(request).encode() + b"\n"
                sent = socket.send_fds(self._socket, [text], [given, output, pipe])
                self._socket.sendall(text[sent:])
            except OSError as error:
                os.close(reading)
                raise DeskError(f"the server that starts functions has ended: {error}") from error
            finally:
                os.close(pipe)
            line = _read_line(reading, START_SECONDS)
        if not line:
            os.close(reading)
            raise DeskError("the server that starts functions does not answer")
        return ForkedProcess(int(line), reading)

    def close(self) -> None:
        """The server ends as soon as it reads the end of the socket; its functions are the runtimes' to end."""
        self._socket.close()
        self._process.wait()


def fork_server(*more: str, layers: tuple[Path, ...] = ()) -> ForkServer:
    """The one of this process that has imported these modules and layers too; a new one where it was killed."""
    with _STARTING:
        first = _kept((more, ()), lambda: ForkServer.launched(third_party(), (*PRELOADED, *more)))
        return _kept((more, layers), lambda: first.with_layers(layers)) if layers else first


def _kept(key: _Imported, start: Callable[[], ForkServer]) -> ForkServer:
    server = _STARTED.get(key)
    if server is None or not server.is_running:
        server = _STARTED[key] = start()
    return server


def third_party() -> tuple[str, ...]:
    """The folders of the installed libraries."""
    return tuple(dict.fromkeys(sysconfig.get_path(kind) for kind in ("purelib", "platlib")))


def _read_line(pipe: int, seconds: float) -> bytes | None:
    """One line; empty where the other end was closed without one, None where nothing came in time."""
    ready = select.poll()  # one call of the system: it is asked several times in each run
    ready.register(pipe, select.POLLIN)
    if not ready.poll(seconds * 1000):
        return None
    line = b""
    while (byte := os.read(pipe, 1)) not in (b"", b"\n"):  # no further: the next line may have come already
        line += byte
    return line
