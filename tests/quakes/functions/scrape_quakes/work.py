"""The observatory's bulletin."""

from company.pipeline.scraping import scraper

work = scraper("quakes")
