"""The Lambda entry of link."""

from company.fire.session import handler_for
from link.work import ROLE

handler = handler_for(__file__, ROLE)
