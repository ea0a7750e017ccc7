"""Staged batches, before anything of them is published."""

from company.pipeline import check_batches as work
from company.pipeline import nothing_to_check as preflight

__all__ = ["preflight", "work"]
