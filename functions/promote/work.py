"""Checked batches, into canonical."""

from company.fire.role import RoleCode
from company.pipeline.rows.promotion import nothing_to_promote, promote_batches

ROLE = RoleCode(work=promote_batches, preflight=nothing_to_promote)
