"""FIRST's daily probabilities of exploitation."""

from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.pipeline.asking.scraping import nothing_to_ask, scraper


def preflight(fire: Fire) -> str | None:
    return nothing_to_ask(fire, "epss")


ROLE = RoleCode(work=scraper("epss"), preflight=preflight)
