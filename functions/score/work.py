"""One pass over everything."""

from company.pipeline import nothing_to_score as preflight
from company.pipeline import score as work

__all__ = ["preflight", "work"]
