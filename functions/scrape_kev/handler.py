"""The Lambda entry of scrape_kev."""

from company.session import handler_for

handler = handler_for(__file__)
