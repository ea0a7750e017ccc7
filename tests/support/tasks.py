"""A task as the queue gives it, with every field filled, for tests that need only a few of them."""

from typing import Any

from company.tasks import Task
from tests.support.brains import MORNING


def a_task(**changes: Any) -> Task:
    """A task that was filed this morning and that nobody has claimed."""
    filed = {"id": 1, "mode": "data", "title": "Look into it", "status": "pending", "priority": 5, "attempts": 0}
    by = {"created_at": MORNING, "created_by": "data_manager", "max_attempts": 3, "payload": {}}
    empty = dict.fromkeys(Task.__dataclass_fields__)
    return Task(**{**empty, **filed, **by, **changes})
