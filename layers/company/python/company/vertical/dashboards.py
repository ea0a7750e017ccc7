"""A customer's dashboard as a product makes it: one page for a browser, and what the next one is compared with."""

from dataclasses import dataclass
from datetime import datetime

from company.json_values import JsonObject


@dataclass(frozen=True)
class Dashboard:
    """A complete HTML page that loads nothing, and its entries: what the next edition is compared with.

    constant: the largest text that stands in each customer's page, as scripts do; "" where there is none.
    """

    page: str
    entries: JsonObject
    constant: str = ""


@dataclass(frozen=True)
class EarlierDashboard:
    """The newest dashboard that the customer can have opened before."""

    as_of: datetime
    entries: JsonObject


@dataclass(frozen=True)
class DashboardLink:
    """Where a customer opens a dashboard. The address is signed: who has it can open it, until it ends."""

    address: str
    ends_at: datetime
