"""Ids and names across the sources."""

from company.fire.role import RoleCode
from company.pipeline.rows.links import link, nothing_to_link

ROLE = RoleCode(work=link, preflight=nothing_to_link)
