"""Checked batches, into canonical."""

from company.pipeline import nothing_to_promote as preflight
from company.pipeline import promote_batches as work

__all__ = ["preflight", "work"]
