"""The observatory's bulletin."""

from functools import partial

from company.pipeline import scrape

work = partial(scrape, name="quakes")
