"""FIRST's daily probabilities of exploitation."""

from company.fire.session import Fire
from company.pipeline.scraping import nothing_to_ask, scraper


def preflight(fire: Fire) -> str | None:
    return nothing_to_ask(fire, "epss")


work = scraper("epss")
