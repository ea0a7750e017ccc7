"""The observatory's bulletin."""

from company.outcomes import Outcome
from company.pipeline.scraping import scrape
from company.session import Fire


def work(fire: Fire) -> Outcome:
    return scrape(fire, "quakes")
