"""The custom resources of a new desk: each is begun when what it needs exists, beside the making of the rest.

So does CloudFormation. migrate needs its own function and an empty database; the others' functions wait for none of it
before their first fire.
"""

import uuid
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field

from company.json_values import JsonObject
from watchbill.cloud.aws import LocalAws
from watchbill.cloud.runtime import FunctionSpec, Invocation, Runtime
from watchbill.cloud.template.loader import CustomResource
from watchbill.desk.outages import Outages
from watchbill.desk.owners_secrets import store_password
from watchbill.errors import DeskError

Invoke = Callable[[str, JsonObject, str], Invocation]
"""Runs a function by name with an event and a request id, and stores its log lines."""


@dataclass
class FirstMigration:
    """Fires migrate beside the deployment. server_ready: until then there is no database for it.

    password: of its login; the one that migrate cannot make. wall_limit_seconds: the longest wait for one that hangs.
    """

    beside: Executor
    server_ready: Future[None]
    outages: Outages
    company: str
    password: str
    wall_limit_seconds: float
    _begun: list[tuple[CustomResource, Future[Invocation]]] = field(default_factory=list)

    def begin(self, cloud: LocalAws, runtime: Runtime, custom: CustomResource, spec: FunctionSpec) -> None:
        """Defines its function and fires it as soon as the server is ready; returns at once."""
        store_password(cloud, self.company, self.password)
        runtime.define(spec)
        self._begun.append((custom, self.beside.submit(self._fire, runtime, custom)))

    def _fire(self, runtime: Runtime, custom: CustomResource) -> Invocation:
        self.server_ready.result()
        return runtime.invoke(
            custom.function,
            event_of(custom),
            request_id=str(uuid.uuid4()),
            wall_limit_seconds=self.wall_limit_seconds,
        )

    def finish(self, store_log: Callable[[Invocation], None], again: Invoke) -> None:
        """Waits for each; once more where the server went away meanwhile. DeskError when one fails."""
        self.server_ready.result()
        for custom, fired in self._begun:
            done = fired.result()
            store_log(done)
            if not done.is_ok and self.outages.check():
                done = again(custom.function, event_of(custom), str(uuid.uuid4()))
            if not done.is_ok:
                reason = done.payload.get("errorMessage", done.payload)
                raise DeskError(f"{custom.logical_id} failed, so nothing was deployed: {reason}")


def event_of(custom: CustomResource) -> JsonObject:
    """As CloudFormation sends it."""
    return {
        "RequestType": "Create",
        "LogicalResourceId": custom.logical_id,
        "ResourceProperties": custom.properties,
    }
