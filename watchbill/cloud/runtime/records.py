"""The records of the desk's Lambda: a function, and one run of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Status = Literal["ok", "error", "timeout", "crashed", "init_error"]
ClientName = Literal["auto", "awslambdaric", "bare"]
Ending = tuple[Status, Any]  # how a run ended, and its payload
LogLine = tuple[int, str]  # (wall clock in ms since 1970, text)


@dataclass(frozen=True)
class FunctionSpec:
    """A function as the template deploys it; `layers` None means every layer of the deployment."""

    name: str
    handler: str
    timeout_seconds: float
    memory_mb: int = 128
    environment: Mapping[str, str] = field(default_factory=dict)
    layers: tuple[str, ...] | None = None
    version: str = "$LATEST"
    replaced_layers: Mapping[str, Path] = field(default_factory=dict)
    """Folders of the layers whose deployed content another version of the layer replaces."""
    log_group: str | None = None

    @property
    def log_group_name(self) -> str:
        return self.log_group or f"/aws/lambda/{self.name}"


@dataclass(frozen=True)
class Invocation:
    """One run. `payload` is what the handler returned, or AWS's error object (errorType, errorMessage ...).

    `duration_ms` is what AWS would have written: after a timeout the function's whole limit, even where a wall
    limit ended it sooner; `wall_ms` is what the desk waited. `init_ms` is set on a cold start only.
    """

    request_id: str
    status: Status
    payload: Any
    duration_ms: float
    billed_ms: int
    max_memory_mb: int
    init_ms: float | None
    wall_ms: float
    log_group: str
    log_stream: str
    log_lines: tuple[LogLine, ...]

    @property
    def is_ok(self) -> bool:
        return self.status == "ok"
