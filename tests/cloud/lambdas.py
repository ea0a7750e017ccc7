"""Functions for the runtime's tests: one handler for each thing a function can do to its desk."""

import os
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from watchbill.cloud.runtime import ClientName, FunctionSpec, Invocation, Runtime
from watchbill.cloud.template.build import Deployment, deploy_artefacts

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
    "layered": "import os, toy\ndef handler(event, context):\n    return [toy.IMPORTED_BY, os.getpid()]\n",
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
        def pid(event):
            return os.getpid()
        def fail(event):
            raise ValueError("no such row")
        def exit(event):
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
        def fork_and_exit(event):
            child = os.fork()
            if child == 0:
                time.sleep(600)
            print("pid", child, flush=True)
            os._exit(3)
        def answer_and_end(event):
            import http.client
            http.client.HTTPConnection.getresponse = lambda _: os._exit(4)
            return "answered"
        def wait_for(event):
            open(event["begun"], "w").close()
            while not os.path.exists(event["go"]):
                time.sleep(0.01)
            return "done"
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
        def described(event):
            import botocore.loaders
            read, load = [], botocore.loaders.JSONFileLoader.load_file
            def noted(loader, path):
                read.append(path)
                return load(loader, path)
            botocore.loaders.JSONFileLoader.load_file = noted
            sys.path.insert(0, event["layer"])
            from company.aws.clients import Cloud
            for service in event["services"]:
                Cloud().client(service)
            return read
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


def deploy_handlers(checkout: Path) -> Deployment:
    """A small checkout of HANDLERS with two layers, as deployed."""
    for name, code in HANDLERS.items():
        _write(checkout / "functions" / name / "handler.py", textwrap.dedent(code))
    _write(checkout / "layers/company/python/company_layer.py", "")
    _write(checkout / "layers/toy/python/toy_layer.py", "")
    _write(checkout / "layers/toy/python/toy/__init__.py", "import os\nIMPORTED_BY = os.getpid()\n")
    _write(checkout / "layers/toy/python/toy/broken.py", "def (\n")
    _write(checkout / "only_in_the_checkout.py", "")
    _write(checkout / "sql/company/one.sql", "")
    return deploy_artefacts(checkout, checkout / ".watchbill")


def runtime_of(deployment: Deployment, client: ClientName, **options: Any) -> Runtime:
    runtime = Runtime(deployment, client=client, **options)
    for name in HANDLERS:
        runtime.define(spec_of(name))
    return runtime


def spec_of(name: str) -> FunctionSpec:
    return FunctionSpec(name, f"{name}.handler.handler", timeout_seconds=5, environment={"ROLE": name})


def texts(invocation: Invocation) -> list[str]:
    return [text for _, text in invocation.log_lines]


def handler_lines(invocation: Invocation) -> list[str]:
    """The lines of the handler, without the platform's and without awslambdaric's note on a failed start."""
    platform = ("INIT_START", "START ", "END ", "REPORT ")
    return [text for text in texts(invocation) if not text.startswith(platform) and "LAMBDA_WARNING" not in text]


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except ProcessLookupError:
        return False
    except OSError:
        return not Path("/proc/self").exists()


def becomes_true(fact: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if fact():
            return True
        time.sleep(0.02)
    return False


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
