"""CISA's list of known exploited vulnerabilities."""

from company.fire.role import RoleCode
from company.pipeline.asking.scraping import scraper

ROLE = RoleCode(work=scraper("kev"))
