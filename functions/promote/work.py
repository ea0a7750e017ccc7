"""Checked batches, into canonical."""

from company.pipeline.promotion import nothing_to_promote as preflight
from company.pipeline.promotion import promote_batches as work

__all__ = ["preflight", "work"]
