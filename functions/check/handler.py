"""The Lambda entry of check."""

from check.work import ROLE
from company.fire.session import handler_for

handler = handler_for(__file__, ROLE)
