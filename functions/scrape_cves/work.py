"""The CVE List, and NVD as the second opinion."""

from company.fire.session import Fire
from company.pipeline.scraping import nothing_to_ask, scraper

SOURCES = ("cves", "nvd")


def preflight(fire: Fire) -> str | None:
    return nothing_to_ask(fire, *SOURCES)


work = scraper(*SOURCES)
