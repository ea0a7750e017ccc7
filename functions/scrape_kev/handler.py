"""The Lambda entry of scrape_kev."""

from company.fire.session import handler_for
from scrape_kev.work import ROLE

handler = handler_for(__file__, ROLE)
