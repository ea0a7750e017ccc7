"""The observatory's bulletin."""

from functools import partial

from company.pipeline.scraping import scrape

work = partial(scrape, name="quakes")
