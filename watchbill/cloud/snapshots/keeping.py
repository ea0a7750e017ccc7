"""Keeps the contents of the cloud on disk as they change, so that a killed company goes on with what it had.

A request that changes something is answered after the change is in the folder. So what the brain says of the cloud
(a raw document, a schedule, a mail) is there whenever its process was killed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Lock

from watchbill.cloud.aws import LocalAws
from watchbill.cloud.logs import LogWriter
from watchbill.cloud.snapshots.kept_logs import add_lines
from watchbill.cloud.snapshots.snapshot import save, save_part

PARTS = {
    "scheduler": "schedules",
    "s3": "objects",
    "ssm": "parameters",
    "sqs": "messages",
    "sns": "messages",
    "ses": "mail",
    "lambda": "versions",
}
"""What a change through a service changes. Log lines are added by their writer."""


@contextmanager
def keeping(cloud: LocalAws, logs: LogWriter, folder: Path) -> Iterator[None]:
    """Saves the cloud now where the folder is new, each change of it, and all of it at the end.

    Another emulator than moto tells the desk of no change: of that one only the end is saved.
    """
    if not folder.exists():
        save(cloud, folder)
    for left in folder.glob("*.tmp"):
        left.unlink()  # what a killed process was writing
    one_at_a_time = Lock()

    def keep(service: str) -> None:
        if part := PARTS.get(service):
            with one_at_a_time:
                save_part(cloud, folder, part)

    with cloud.observed(keep), logs.observed(partial(add_lines, folder)):
        try:
            yield
        finally:
            logs.flush()
            if not cloud.is_moto:
                save(cloud, folder)
