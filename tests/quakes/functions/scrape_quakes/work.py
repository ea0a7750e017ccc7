"""The observatory's bulletin."""

from company.fire.role import RoleCode
from company.pipeline.asking.scraping import scraper

ROLE = RoleCode(work=scraper("quakes"))
