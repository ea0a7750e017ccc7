"""The CVE List, and NVD as the second opinion."""

from company.pipeline.scraping import nothing_to_ask, scraper
from company.session import Fire

SOURCES = ("cves", "nvd")


def preflight(fire: Fire) -> str | None:
    return nothing_to_ask(fire, *SOURCES)


work = scraper(*SOURCES)
