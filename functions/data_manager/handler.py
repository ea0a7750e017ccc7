"""The Lambda entry of data_manager."""

from company.fire.session import handler_for
from data_manager.book import ROLE

handler = handler_for(__file__, ROLE)
