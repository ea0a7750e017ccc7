"""One pass over everything."""

from company.pipeline.scoring import nothing_to_score as preflight
from company.pipeline.scoring import score as work

__all__ = ["preflight", "work"]
