"""Ids and names across the sources."""

from company.pipeline.links import link as work
from company.pipeline.links import nothing_to_link as preflight

__all__ = ["preflight", "work"]
