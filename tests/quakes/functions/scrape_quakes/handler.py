"""The Lambda entry of scrape_quakes."""

from company.session import handler_for

handler = handler_for(__file__)
