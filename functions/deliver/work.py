"""What concerns each customer."""

from company.pipeline.deliveries import deliver as work
from company.pipeline.deliveries import nothing_to_deliver as preflight

__all__ = ["preflight", "work"]
