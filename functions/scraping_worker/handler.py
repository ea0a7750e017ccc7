"""The Lambda entry of scraping_worker."""

from company.fire.session import handler_for
from scraping_worker.book import ROLE

handler = handler_for(__file__, ROLE)
