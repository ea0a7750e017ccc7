"""The Lambda entry of planter."""

from company.fire.session import handler_for
from planter.work import ROLE

handler = handler_for(__file__, ROLE)
