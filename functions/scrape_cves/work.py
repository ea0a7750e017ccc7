"""The CVE List, NVD as the second opinion, and the advisories of GitHub and OSV where their owner wants them."""

from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.pipeline.asking.scraping import nothing_to_ask, scraper

SOURCES = ("cves", "nvd", "ghsa", "osv")


def preflight(fire: Fire) -> str | None:
    return nothing_to_ask(fire, *SOURCES)


ROLE = RoleCode(work=scraper(*SOURCES), preflight=preflight)
