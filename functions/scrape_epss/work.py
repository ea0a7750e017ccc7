"""FIRST's daily probabilities of exploitation."""

from company.outcomes import Outcome
from company.pipeline.scraping import nothing_to_ask, scrape
from company.session import Fire


def preflight(fire: Fire) -> str | None:
    return nothing_to_ask(fire, "epss")


def work(fire: Fire) -> Outcome:
    return scrape(fire, "epss")
