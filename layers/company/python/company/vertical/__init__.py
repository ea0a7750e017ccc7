"""What a product fills in: one frozen record, Vertical, and its parts. Products import from here."""

from company.vertical.corrections import TakenBack
from company.vertical.dashboards import Dashboard, DashboardLink, EarlierDashboard
from company.vertical.details import Details, Unread
from company.vertical.feeds import (
    DATE,
    EDITION,
    NEWEST,
    Edition,
    Malformed,
    NothingNew,
    Parsed,
    Reject,
    Releases,
    Route,
    Row,
    Source,
    dates_wanted,
)
from company.vertical.inventories import Component, PackageUrl
from company.vertical.lookup import FoundEntity, Lookup
from company.vertical.paged import Pages
from company.vertical.pages import FeedSchema, Headline, Page
from company.vertical.panels import ConsolePages, Panel
from company.vertical.record import (
    NO_ROWS,
    Check,
    Customer,
    Deliveries,
    Entity,
    Facts,
    Link,
    Part,
    Scores,
    Spelling,
    Topic,
    Vertical,
    load,
)
from company.vertical.research import Study
from company.vertical.tickets import Ticket

__all__ = [
    "Check",
    "Component",
    "ConsolePages",
    "Customer",
    "DATE",
    "Dashboard",
    "DashboardLink",
    "Deliveries",
    "Details",
    "EDITION",
    "EarlierDashboard",
    "Edition",
    "Entity",
    "Facts",
    "FeedSchema",
    "FoundEntity",
    "Headline",
    "Link",
    "Lookup",
    "Malformed",
    "NEWEST",
    "NO_ROWS",
    "NothingNew",
    "PackageUrl",
    "Page",
    "Pages",
    "Panel",
    "Parsed",
    "Part",
    "Reject",
    "Releases",
    "Route",
    "Row",
    "Scores",
    "Source",
    "Spelling",
    "Study",
    "Ticket",
    "TakenBack",
    "Topic",
    "Unread",
    "Vertical",
    "dates_wanted",
    "load",
]
