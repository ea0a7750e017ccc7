"""Two customers of a company that asks before it sends, and what was written for them and asked about."""

from typing import Any

from company.vertical import Customer
from tests.functions.office import Office
from tests.pipeline.works import epss, kev_of

BANK = Customer("Alder Bank", "security@alder-bank.invalid", "brief", {"vendors": ["Harbourgate"]})
FERRY = Customer("Northferry Logistics", "feeds@northferry.invalid", "feed", {"min_score": 0})


def opened(office: Office) -> Office:
    """Things that are scored, both customers, and the action deliver at level ask."""
    office.works.take_in("kev", kev_of(5))
    office.works.take_in("epss", epss("CVE-2025-90001,0.9,0.99"))
    office.works.run("link", "score")
    office.works.open_for(BANK, FERRY)
    set_level(office, "ask")
    return office


def set_level(office: Office, level: str, action: str = "deliver") -> None:
    office.works.brain.owner.run("set_approval", action=action, level=level)


def deliveries(office: Office) -> list[dict[str, Any]]:
    return office.rows("SELECT * FROM company.deliveries ORDER BY id")


def question(office: Office) -> dict[str, Any]:
    return office.rows("SELECT * FROM company.decisions ORDER BY id DESC LIMIT 1")[0]
