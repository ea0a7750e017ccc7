"""A process that has imported the installed libraries once, and forks one process for each function that starts.

Started by path, as the launcher is; the desk cannot be imported. Arguments: a connected Unix socket, then the names of
modules to import. Each request is a line of JSON (`environment`, `folder`, `client`) with three files: the lifeline,
the output, and a pipe on which the desk hears of the new process: its id in one line once it stands in a session of
its own, its exit code in a second one. The server ends when the desk closes the socket.

A request with `packages` (and `import_path`, in place of environment, folder and client) makes a second server, with a
socket in the place of the lifeline: it imports every module of deployed packages too, and forks the functions that run
exactly these. The first one imports nothing of the company's own code: what is deployed may change, the libraries do
not.
"""

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import selectors
import signal
import socket
import sys
import time
from typing import Any

FILES = 3
CLIENTS = ("s3", "scheduler", "ssm", "sqs", "sesv2")
"""The services that functions ask each day."""
READ_BYTES = 1 << 16


class Forker:
    """Answers requests, and writes the exit code of each process that has ended to its pipe."""

    def __init__(self, desk: socket.socket) -> None:
        self._desk = desk
        self._pipes: dict[int, int] = {}
        self._woken, self._wakes = os.pipe()
        for end in (self._woken, self._wakes):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._wakes)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def serve(self) -> tuple[dict[str, Any], int]:
        """Returns only in a new process, with its request and lifeline; the server itself ends with the desk."""
        with selectors.DefaultSelector() as ready:
            ready.register(self._desk, selectors.EVENT_READ)
            ready.register(self._woken, selectors.EVENT_READ)
            while True:
                for key, _ in ready.select():
                    if key.fileobj is not self._desk:
                        self._report_ends()
                    elif self._fork(*(asked := self._read())[1]):
                        return asked[0], asked[1][0]

    def _read(self) -> tuple[dict[str, Any], list[int]]:
        text, files = b"", []
        while not text.endswith(b"\n"):
            more, came, _, _ = socket.recv_fds(self._desk, READ_BYTES, FILES)
            if not more:
                os._exit(0)  # the desk has ended; each function has a lifeline of its own
            text += more
            files += came
        return json.loads(text), files

    def _fork(self, lifeline: int, output: int, pipe: int) -> bool:
        """Whether this is the new process."""
        pid = os.fork()
        if pid == 0:
            self._leave()
            os.setsid()
            os.dup2(output, 1)
            os.dup2(output, 2)
            os.write(pipe, b"%d\n" % os.getpid())
            os.close(pipe)
        else:
            os.close(lifeline)
            self._pipes[pid] = pipe
        os.close(output)
        return pid == 0

    def _leave(self) -> None:
        """In a new process: nothing of the server's stays open, or the desk would not hear of another's end."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._desk.close()
        for one in (self._woken, self._wakes, *self._pipes.values()):
            os.close(one)

    def _report_ends(self) -> None:
        os.read(self._woken, READ_BYTES)
        while self._pipes and (ended := os.waitpid(-1, os.WNOHANG))[0]:
            pipe = self._pipes.pop(ended[0])
            with contextlib.suppress(BrokenPipeError):  # the desk has asked for it no more
                os.write(pipe, b"%d\n" % os.waitstatus_to_exitcode(ended[1]))
            os.close(pipe)


def main() -> None:
    """Imports, serves, and becomes a function: its environment, its folder, its import path, then the launcher."""
    libraries = os.environ["PYTHONPATH"].split(os.pathsep)
    run_function = _launcher()
    for name in sys.argv[2:]:
        with contextlib.suppress(ImportError):  # the function that needs it will say so
            importlib.import_module(name)
    if "boto3" in sys.modules:
        _read_service_models()
    gc.freeze()
    request, given = Forker(socket.socket(fileno=int(sys.argv[1]))).serve()
    while "packages" in request:
        _import_deployed(request["import_path"], request["packages"])
        gc.freeze()
        request, given = Forker(socket.socket(fileno=given)).serve()
    os.environ.clear()
    os.environ.update(request["environment"])
    time.tzset()
    os.chdir(request["folder"])
    own = os.environ["PYTHONPATH"].split(os.pathsep)
    sys.path[:] = [*own, *(path for path in sys.path if path not in (*libraries, *own))]
    sys.argv[1:] = [str(given), request["client"]]
    _show_name(os.environ.get("ROLE", ""))
    run_function()


def _import_deployed(import_path: list[str], packages: list[str]) -> None:
    """Every module of these packages; one that cannot be imported is reported by the function that needs it."""
    sys.path[:0] = import_path
    for name in packages:
        with contextlib.suppress(Exception):
            package = importlib.import_module(name)
            for module in pkgutil.walk_packages(package.__path__, f"{name}."):
                if not module.name.endswith(".__main__"):
                    with contextlib.suppress(Exception):
                        importlib.import_module(module.name)


def _read_service_models() -> None:
    """Every session that a function makes finds what botocore reads to make a client: the descriptions, no settings.

    A session keeps the settings it has once read, so the ones that are made here are thrown away; their reader stays.
    """
    loaders, session = (importlib.import_module(f"botocore.{name}") for name in ("loaders", "session"))
    reader = loaders.create_loader()
    vars(session)["create_loader"] = lambda *_: reader
    os.environ.update({"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull})
    for service in CLIENTS:
        session.Session().create_client(
            service, region_name="us-east-1", aws_access_key_id="none", aws_secret_access_key="none"
        )


def _show_name(name: str) -> None:
    """What `ps -o comm` and `top` show of this process; Linux only, 15 signs."""
    with contextlib.suppress(OSError), open("/proc/self/comm", "w", encoding="utf-8") as shown:
        shown.write(name)


def _launcher() -> Any:
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path.insert(0, here)
    launcher = importlib.import_module("launcher")
    sys.path.remove(here)
    del sys.modules["launcher"]  # a function may have a module of this name
    return launcher.main


if __name__ == "__main__":
    main()
