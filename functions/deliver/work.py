"""What concerns each customer."""

from company.pipeline import deliver as work
from company.pipeline import nothing_to_deliver as preflight

__all__ = ["preflight", "work"]
