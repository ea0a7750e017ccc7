"""What concerns each customer."""

from company.fire.role import RoleCode
from company.pipeline.delivering.deliveries import deliver, nothing_to_deliver

ROLE = RoleCode(work=deliver, preflight=nothing_to_deliver)
