"""Staged batches, before anything of them is published."""

from company.fire.role import RoleCode
from company.pipeline.rows.checks import check_batches, nothing_to_check

ROLE = RoleCode(work=check_batches, preflight=nothing_to_check)
