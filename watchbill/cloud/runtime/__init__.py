"""Lambda on the desk: runs each deployed function in its own process, as AWS does, and reports each run.

Retries and failure queues are not part of it: the caller gets the result and decides.
"""

from watchbill.cloud.runtime.records import ClientName, FunctionSpec, Invocation, Status
from watchbill.cloud.runtime.runtime import Runtime

__all__ = ["ClientName", "FunctionSpec", "Invocation", "Runtime", "Status"]
