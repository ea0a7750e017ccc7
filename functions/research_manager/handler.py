"""The Lambda entry of research_manager."""

from company.fire.session import handler_for
from research_manager.book import ROLE

handler = handler_for(__file__, ROLE)
