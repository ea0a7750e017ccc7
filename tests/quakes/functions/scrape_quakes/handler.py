"""The Lambda entry of scrape_quakes."""

from company.fire.session import handler_for

handler = handler_for(__file__)
