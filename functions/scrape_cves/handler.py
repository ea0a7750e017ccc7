"""The Lambda entry of scrape_cves."""

from company.fire.session import handler_for
from scrape_cves.work import ROLE

handler = handler_for(__file__, ROLE)
