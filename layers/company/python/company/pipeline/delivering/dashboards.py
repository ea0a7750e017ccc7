"""A customer's dashboard: written with each delivery, put before it, and opened by a signed link that ends.

feeds/<customer>/dashboard/2026-03-11/0612-<digest>.html is one edition; no edition replaces another.
"""

from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256

from company.aws.bucket import HTML, pack_page, put_packed
from company.fire.apart import attempt
from company.fire.fire import Fire
from company.pipeline.delivering.signed_links import sign_link
from company.vertical import Dashboard, DashboardLink, Deliveries, EarlierDashboard, Facts


@dataclass(frozen=True)
class WrittenDashboard:
    """A dashboard that is ready to be kept with its delivery; page is compressed."""

    s3_key: str
    page: bytes
    dashboard: Dashboard
    link: DashboardLink


@dataclass(frozen=True)
class DashboardToPut:
    """What goes into the bucket, and where."""

    s3_key: str
    page: bytes


def with_dashboard(fire: Fire, deliveries: Deliveries, facts: Facts) -> tuple[Facts, WrittenDashboard | None]:
    """The facts with the link to a new dashboard. A page never waits for one: where it fails there is no link."""
    written = attempt(fire, "dashboards", partial(_write, fire, deliveries, facts), None)
    return (facts, None) if written is None else (replace(facts, dashboard=written.link), written)


def keep_dashboard(fire: Fire, delivery_id: int, written: WrittenDashboard) -> None:
    """In the transaction that keeps the delivery."""
    fire.brain.run(
        "write_dashboard",
        delivery_id=delivery_id,
        s3_key=written.s3_key,
        page=written.page,
        entries=written.dashboard.entries,
        link_ends_at=written.link.ends_at,
    )


def put_dashboard(fire: Fire, delivery_id: int) -> None:
    """Puts the dashboard of a delivery, if it has one. A page does not wait for it: what fails is a finding."""
    attempt(fire, "dashboards to put", partial(_put, fire, delivery_id), None)


def _write(fire: Fire, deliveries: Deliveries, facts: Facts) -> WrittenDashboard | None:
    if deliveries.dashboard is None:
        return None
    customer_id = facts.customer["id"]
    before = fire.brain.row(EarlierDashboard, "dashboard_before", customer_id=customer_id)
    dashboard = deliveries.dashboard(fire.brain, facts, before)
    page = pack_page(dashboard.page, dashboard.constant)
    key = f"feeds/{customer_id}/dashboard/{facts.until:%Y-%m-%d/%H%M}-{sha256(page).hexdigest()[:20]}.html"
    return WrittenDashboard(key, page, dashboard, sign_link(fire, key))


def _put(fire: Fire, delivery_id: int) -> None:
    found = fire.brain.row(DashboardToPut, "dashboard_to_put", delivery_id=delivery_id)
    if found is not None:
        put_packed(fire, found.s3_key, found.page, HTML)
        fire.brain.run("note_dashboard_put", delivery_id=delivery_id)
