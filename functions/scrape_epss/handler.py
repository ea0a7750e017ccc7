"""The Lambda entry of scrape_epss."""

from company.session import handler_for

handler = handler_for(__file__)
