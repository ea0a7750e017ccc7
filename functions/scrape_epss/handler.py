"""The Lambda entry of scrape_epss."""

from company.fire.session import handler_for
from scrape_epss.work import ROLE

handler = handler_for(__file__, ROLE)
