"""The desk's Lambda service: runs every deployed function in an environment that has nothing of the shell's."""

import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from company.json_values import JsonObject
from watchbill.cloud.account import ACCOUNT, REGION
from watchbill.cloud.runtime.fork_server import fork_server, third_party
from watchbill.cloud.runtime.function import Function
from watchbill.cloud.runtime.function_process import FunctionProcess
from watchbill.cloud.runtime.records import ClientName, FunctionSpec, Invocation
from watchbill.cloud.template.build import Deployment
from watchbill.errors import DeskError
from watchbill.scratch import lock_folder, new_scratch

NO_FILE = os.devnull
SCRATCH = "watchbill-run-"
"""How the names of the functions' temporary folders begin."""
INIT_LIMIT_SECONDS = 10.0  # AWS's own, for everything before the first event


class Runtime:
    """Runs deployed functions.

    `environment` is given to every function (for instance AWS's address). `at_start` is called at each cold start for
    values that must be fresh (a password) and overrides both. A function's own variables override `environment`.
    `libraries` are imported once for all functions, beside those that nearly every function needs; with
    `imports_layers` so are the deployed layers, for every function that has all of them as they were deployed.
    """

    def __init__(
        self,
        deployment: Deployment,
        *,
        environment: Mapping[str, str] | None = None,
        at_start: Callable[[FunctionSpec], Mapping[str, str]] | None = None,
        client: ClientName = "auto",
        init_limit_seconds: float = INIT_LIMIT_SECONDS,
        libraries: tuple[str, ...] = (),
        imports_layers: bool = False,
    ) -> None:
        self._deployment = deployment
        self._environment = dict(environment or {})
        self._at_start = at_start
        self._client = client
        self._init_limit_seconds = init_limit_seconds
        self._functions: dict[str, Function] = {}
        self._libraries = libraries
        self._layers = tuple(deployment.layers.values()) if imports_layers else ()
        fork_server(*libraries, layers=self._layers)  # it imports while the desk goes on
        self._held = ExitStack()
        self._scratch = self._held.enter_context(new_scratch(Path(tempfile.gettempdir()), SCRATCH))
        if (code := lock_folder(deployment.root, shared=True)) is not None:
            self._held.callback(os.close, code)

    def folder(self, name: str) -> Path:
        """A folder for what functions read, with this name; it goes with the runtime."""
        made = self._scratch / name
        made.mkdir(exist_ok=True)
        return made

    def define_once(self, spec: FunctionSpec) -> None:
        """Deploys a function, unless it is deployed as this already, and perhaps at work."""
        known = self._functions.get(spec.name)
        if known is None or known.spec != spec:
            self.define(spec)

    def define(self, spec: FunctionSpec) -> None:
        """Deploys a function, or deploys it again: the next invoke is then a cold start."""
        missing = [name for name in spec.layers or () if name not in self._deployment.layers]
        if missing:
            raise DeskError(f"Function {spec.name} names a layer that is not deployed: {', '.join(missing)}")
        if spec.name in self._functions:
            self._functions[spec.name].close()
        self._functions[spec.name] = Function(
            spec, function_arn(spec.name), self._start_process, self._init_limit_seconds
        )

    def invoke(
        self, name: str, event: JsonObject, *, request_id: str, wall_limit_seconds: float | None = None
    ) -> Invocation:
        """Runs a function on one event and waits for its end.

        It is killed at its own timeout, or at `wall_limit_seconds` if that is shorter, so that the desk does not wait
        long for a hung process. Both are reported as the function's timeout.
        """
        if name not in self._functions:
            raise DeskError(
                f"There is no function {name!r} on the desk. Deployed: {', '.join(sorted(self._functions))}"
            )
        return self._functions[name].invoke(event, request_id, wall_limit_seconds)

    def kill_from_outside(self, name: str | None = None) -> None:
        """Ends a function's process, or every one, at once and in mid-work: a machine failed."""
        for function in [self._functions[name]] if name else list(self._functions.values()):
            function.kill_from_outside()

    def warm_up(self) -> None:
        """Starts every function that has no process yet, without waiting: they import while the desk continues.

        AWS does the same at times. The first run of each is still a cold start, with the rest of the wait.
        """
        for function in self._functions.values():
            function.warm_up()

    def close(self) -> None:
        """Ends every function process, removes their temporary folder, and lets go of the code. Repeatable."""
        for function in self._functions.values():
            function.end_when_idle()
        for function in self._functions.values():
            function.close()
        self._held.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _start_process(self, spec: FunctionSpec, log_stream: str) -> FunctionProcess:
        fresh = self._at_start(spec) if self._at_start else {}
        environment = {
            **self._base_environment(),
            **self._environment,
            **spec.environment,
            **fresh,
            **self._reserved_environment(spec, log_stream),
        }
        has_all = not spec.replaced_layers and set(spec.layers or self._deployment.layers) == set(
            self._deployment.layers
        )
        server = fork_server(*self._libraries, layers=self._layers if has_all else ())
        return FunctionProcess(server, environment, self._deployment.functions, self._client)

    def _base_environment(self) -> dict[str, str]:
        """What Lambda gives, with dummy credentials and no AWS files."""
        return {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "TZ": ":UTC",
            "HOME": str(self._scratch),
            "TMPDIR": str(self._scratch),
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "desk",
            "AWS_SECRET_ACCESS_KEY": "desk",
            "AWS_SESSION_TOKEN": "desk",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": NO_FILE,
            "AWS_SHARED_CREDENTIALS_FILE": NO_FILE,
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def _reserved_environment(self, spec: FunctionSpec, log_stream: str) -> dict[str, str]:
        """The variables that Lambda sets itself: a template cannot change them."""
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        return {
            "_HANDLER": spec.handler,
            "AWS_ACCESS_KEY_ID": spec.name,  # by it the cloud on the desk knows whose rights to look at
            "AWS_EXECUTION_ENV": f"AWS_Lambda_python{version}",
            "AWS_LAMBDA_FUNCTION_NAME": spec.name,
            "AWS_LAMBDA_FUNCTION_VERSION": spec.version,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(spec.memory_mb),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": spec.log_group_name,
            "AWS_LAMBDA_LOG_STREAM_NAME": log_stream,
            "LAMBDA_TASK_ROOT": str(self._deployment.functions),
            "PYTHONPATH": os.pathsep.join(str(path) for path in self._import_paths(spec)),
        }

    def _import_paths(self, spec: FunctionSpec) -> list[Path | str]:
        """Only the function's own layers: a layer that the template forgets fails here as on AWS."""
        layers = {**self._deployment.layers, **spec.replaced_layers}
        names = layers if spec.layers is None else spec.layers
        return [self._deployment.functions, *(layers[name] for name in names), *third_party()]


def function_arn(name: str) -> str:
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"
