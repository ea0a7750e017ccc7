"""The Lambda entry of flow_check."""

from company.fire.session import handler_for
from flow_check.work import ROLE

handler = handler_for(__file__, ROLE)
