"""What a check of a batch found, as the brain has it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class BatchCheck:
    """What one check of a batch found."""

    check_name: str
    severity: str
    is_ok: bool
    looked_at: int
    failed: int
    detail: str
    checked_by: str
    checked_at: datetime
