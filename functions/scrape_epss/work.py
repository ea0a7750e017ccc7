"""FIRST's daily probabilities of exploitation."""

from company.pipeline.scraping import nothing_to_ask, scraper
from company.session import Fire


def preflight(fire: Fire) -> str | None:
    return nothing_to_ask(fire, "epss")


work = scraper("epss")
