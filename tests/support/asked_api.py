"""The API over a test's brain, asked by events of a function URL as AWS makes them."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from company.api import ApiSite, Strangers, respond
from company.api.keys import give_key
from company.json_values import JsonObject
from company.log import make_log
from patchfirst.lookup import LOOKUP
from tests.support.brains import TestBrain

EVENT = json.loads((Path(__file__).resolve().parents[1] / "events" / "lookup.json").read_text())
LISTED = "CVE-2025-90001"
"""A CVE of fill(), in the first edition."""


class Api:
    """ask(path, **query) is one request with a good key; the fields are what a test may look at."""

    def __init__(self, brain: TestBrain) -> None:
        self.brain = brain
        brain.owner.run("add_customer", name="Alder", email="a@alder.invalid", kind="feed", filters={})
        self.name, self.key = give_key(brain.owner, "Alder", 100_000)
        self.site = self.new_site()

    def new_site(self, **more: Any) -> ApiSite:
        known: dict[str, Any] = {"brain": lambda: self.brain.as_role("lookup"), "strangers": Strangers(), **more}
        known = {"log": make_log("lookup"), **known}
        return ApiSite(routes=LOOKUP.routes, public=LOOKUP.public, posted=LOOKUP.posted, **known)

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        key: str | None = None,
        site: ApiSite | None = None,
        headers: dict[str, str] | None = None,
        body: str = "",
        **query: object,
    ) -> JsonObject:
        http = {**EVENT["requestContext"]["http"], "method": method, "path": path}
        sent = {**EVENT["headers"], "authorization": f"Bearer {self.key if key is None else key}", **(headers or {})}
        event = {
            **EVENT,
            "rawPath": path,
            "rawQueryString": urlencode(query, doseq=True),
            "headers": sent,
            "body": body,
        }
        return respond(site or self.site, {**event, "requestContext": {"http": http}})


def fill(brain: TestBrain) -> None:
    """Rows in force as promotion leaves them, put there past every rule."""
    admin = brain.as_login("superuser")
    admin.execute("SET session_replication_role = replica")
    for n, hours in enumerate((30, 6, 3)):
        admin.execute(
            "INSERT INTO company.batches (id, source, raw_id, edition_at, staged_by, checked_by, checked_at, status,"
            " promoted_at) OVERRIDING SYSTEM VALUE SELECT %s, 'kev', 0, t, 'scrape_kev', 'check', t, 'promoted', t"
            " FROM (SELECT company.now() - %s * interval '1 hour' AS t) AS at",
            (n, hours),
        )
        admin.execute(
            "INSERT INTO patchfirst.kev (cve, vendor, date_added, first_seen_at, valid_from, batch_id)"
            " SELECT 'CVE-2025-9000' || m + 2 * id, 'Osterlume', '2026-03-01', promoted_at, promoted_at, id"
            " FROM company.batches, generate_series(1, 2) AS m WHERE id = %s",
            (n,),
        )
    admin.execute("SET session_replication_role = DEFAULT")
