"""The Lambda entry of scraping_manager."""

from company.fire.session import handler_for
from scraping_manager.book import ROLE

handler = handler_for(__file__, ROLE)
