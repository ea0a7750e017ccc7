"""The Lambda entry of scrape_quakes."""

from scrape_quakes.work import ROLE

from company.fire.session import handler_for

handler = handler_for(__file__, ROLE)
