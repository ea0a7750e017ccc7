"""One pass over everything."""

from company.fire.role import RoleCode
from company.pipeline.rows.scoring import nothing_to_score, score

ROLE = RoleCode(work=score, preflight=nothing_to_score)
