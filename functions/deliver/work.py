"""What concerns each customer."""

from company.pipeline import nothing_to_deliver as preflight
from company.pipeline import deliver as work

__all__ = ["preflight", "work"]
