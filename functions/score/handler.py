"""The Lambda entry of score."""

from company.fire.session import handler_for
from score.work import ROLE

handler = handler_for(__file__, ROLE)
