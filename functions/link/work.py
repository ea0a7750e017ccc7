"""Ids and names across the sources."""

from company.pipeline import link as work
from company.pipeline import nothing_to_link as preflight

__all__ = ["preflight", "work"]
