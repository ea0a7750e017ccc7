"""Ids and names across the sources."""

from company.pipeline import nothing_to_link as preflight
from company.pipeline import link as work

__all__ = ["preflight", "work"]
