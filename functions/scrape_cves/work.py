"""The CVE List, and NVD as the second opinion."""

from company.outcomes import Outcome
from company.pipeline.scraping import nothing_to_ask, scrape
from company.session import Fire

SOURCES = ("cves", "nvd")


def preflight(fire: Fire) -> str | None:
    return nothing_to_ask(fire, *SOURCES)


def work(fire: Fire) -> Outcome:
    return scrape(fire, *SOURCES)
