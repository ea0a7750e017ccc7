"""The Lambda entry of content_manager."""

from company.fire.session import handler_for
from content_manager.book import ROLE

handler = handler_for(__file__, ROLE)
