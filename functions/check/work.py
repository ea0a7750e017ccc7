"""Staged batches, before anything of them is published."""

from company.pipeline.checks import check_batches as work
from company.pipeline.checks import nothing_to_check as preflight

__all__ = ["preflight", "work"]
