"""The Lambda entry of scraping_manager."""

from company.fire.session import handler_for

handler = handler_for(__file__)
