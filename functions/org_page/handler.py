"""The Lambda entry of org_page."""

from company.fire.session import handler_for
from org_page.work import ROLE

handler = handler_for(__file__, ROLE)
