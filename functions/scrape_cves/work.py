"""The CVE List, and NVD as the second opinion."""

from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.pipeline.scraping import nothing_to_ask, scraper

SOURCES = ("cves", "nvd")


def preflight(fire: Fire) -> str | None:
    return nothing_to_ask(fire, *SOURCES)


ROLE = RoleCode(work=scraper(*SOURCES), preflight=preflight)
