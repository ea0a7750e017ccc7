"""CISA's list of known exploited vulnerabilities."""

from company.pipeline.scraping import scraper

work = scraper("kev")
