"""The Lambda entry of promote."""

from company.fire.session import handler_for
from promote.work import ROLE

handler = handler_for(__file__, ROLE)
