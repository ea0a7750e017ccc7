"""The Lambda entry of publish."""

from company.fire.session import handler_for
from publish.work import ROLE

handler = handler_for(__file__, ROLE)
