"""The Lambda entry of deliver."""

from company.fire.session import handler_for
from deliver.work import ROLE

handler = handler_for(__file__, ROLE)
