"""Lambda on the desk: runs each deployed function in a process of its own, as AWS would, and reports each run.

Retries and failure queues are not here: a caller sees what happened and decides.
"""

from watchbill.cloud.runtime.records import ClientName, FunctionSpec, Invocation, Status
from watchbill.cloud.runtime.runtime import Runtime

__all__ = ["ClientName", "FunctionSpec", "Invocation", "Runtime", "Status"]
