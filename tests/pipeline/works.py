"""Drives the machines of the pipeline by hand, one fire at a time."""

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from company.fire.wiring import Container
from company.vertical import Customer, Edition
from tests.support.brains import TestBrain
from tests.support.fires import Fires
from watchbill.cloud.aws import LocalAws
from watchbill.cloud.feeds import FeedServer

SOURCES = ("cves", "nvd", "exploitdb", "metasploit", "nuclei", "kev", "epss")


@dataclass
class Works:
    """The pipeline in a test. `serve` puts a body on the server, `run` fires machines, the others read the brain."""

    brain: TestBrain
    fire: Fires
    cloud: LocalAws
    server: FeedServer
    editions: list[Edition] = field(default_factory=list)
    fired: int = 0
    switched_on: dict[str, Any] = field(default_factory=dict)
    """What the owner set of optional sources: addresses as feeds, keys as feed_keys."""
    _containers: dict[str, Container] = field(default_factory=dict)

    def serve(self, source: str, body: bytes, at: str = "2026-03-10T17:00:00Z") -> None:
        """Serves a body as the newest edition of a source; `at` is the stamp that the server states."""
        stamp = datetime.fromisoformat(at)
        self.editions = [e for e in self.editions if (e.source, e.edition_at) != (source, stamp)]
        self.editions.append(Edition(source, stamp, lambda: body, str(len(self.editions))))
        self.server._editions = tuple(self.editions)
        self.server._bodies.clear()

    def show(self, editions: Sequence[Edition]) -> None:
        """Serves whole editions instead; the server chooses by the clock."""
        self.server._editions = tuple(editions)

    def open_for(self, *customers: Customer) -> None:
        """What an owner does: opens the action deliver, and adds customers."""
        self.brain.owner.run("set_approval", action="deliver", level="open")
        for customer in customers:
            self.brain.owner.run("add_customer", **{**vars(customer), "filters": dict(customer.filters)})

    def switch(self, source: str, address: str | None = None, key: str | None = None) -> None:
        """What an owner does with a source's address and key; without both she switches it off."""
        for setting, value in (("feeds", address), ("feed_keys", key)):
            given = self.switched_on.setdefault(setting, {})
            given.pop(source, None)
            given |= {source: value} if value else {}
        self._containers.clear()

    def serve_only(self, source: str, body: bytes, at: str = "2026-03-10T17:00:00Z") -> None:
        self.editions = [e for e in self.editions if e.source != source]
        self.serve(source, body, at)

    def run(self, *roles: str) -> list[dict[str, Any]]:
        """Fires each role once, a simulated minute apart."""
        return [self._run(role) for role in roles]

    def _run(self, role: str) -> dict[str, Any]:
        self.fired += 1
        self.brain.wait(minutes=1)
        return self.fire(role, container=self._warm(role), request_id=f"request-{self.fired}")

    def _warm(self, role: str) -> Container:
        """One container for each role: a day of fires would need more connections than the server has."""
        if role not in self._containers:
            feeds = {name: self.server.url(name) for name in SOURCES} | self.switched_on.get("feeds", {})
            keys = self.switched_on.get("feed_keys", {})
            self._containers[role] = self.fire.container(
                role, cloud=self.cloud, bucket="works", feeds=feeds, feed_keys=keys
            )
        return self._containers[role]

    def take_in(self, source: str, body: bytes, at: str = "2026-03-10T17:00:00Z") -> dict[str, Any]:
        """From the feed to canonical; returns the batch as it ended."""
        self.serve_only(source, body, at)
        self.run(f"scrape_{source}", "check", "promote")
        return self.last_batch()

    def unstage(self) -> None:
        """As if only the bytes had been stored: no batch, and no row of KEV in force."""
        with self.brain.admin as past_every_rule:
            past_every_rule.execute("SET session_replication_role = replica")
            past_every_rule.execute("TRUNCATE patchfirst.kev, company.batch_checks, company.batches CASCADE")

    def last_batch(self) -> dict[str, Any]:
        return self.rows("SELECT * FROM company.batches ORDER BY id DESC LIMIT 1")[0]

    def rows(self, statement: str, **values: Any) -> list[dict[str, Any]]:
        return self.brain.sql("owner", statement, **values)

    def value(self, statement: str, **values: Any) -> Any:
        return next(iter(self.rows(statement, **values)[0].values()))


def adds_up(batch: dict[str, Any]) -> bool:
    """The promise: every row that was read has one fate."""
    return bool(batch["rows_read"] == sum(batch[fate] for fate in ("promoted", "unchanged", "quarantined", "held")))


def kev_entry(n: int, **changes: Any) -> dict[str, Any]:
    return {
        "cveID": f"CVE-2025-{90000 + n}",
        "vendorProject": "Harbourgate",
        "product": "Edge Firewall",
        "vulnerabilityName": "Harbourgate Edge Firewall Path Traversal Vulnerability",
        "dateAdded": "2026-02-01",
        "shortDescription": "It lets a visitor read files.",
        "requiredAction": "Install the correction.",
        "dueDate": "2026-02-22",
        "knownRansomwareCampaignUse": "Unknown",
        "notes": "",
        "cwes": ["CWE-22"],
        **changes,
    }


def kev(*entries: dict[str, Any], at: str = "2026-03-10T17:00:00.1234Z") -> bytes:
    document = {"title": "x", "catalogVersion": at[:10].replace("-", "."), "dateReleased": at, "count": len(entries)}
    return json.dumps({**document, "vulnerabilities": list(entries)}).encode()


def kev_of(count: int, at: str = "2026-03-10T17:00:00.1234Z", **changes: Any) -> bytes:
    return kev(*(kev_entry(n, **changes) for n in range(count)), at=at)


def epss(*lines: str, at: str = "2026-03-10T12:55:00Z", model: str = "v2025.03.14") -> bytes:
    content = "\n".join([f"#model_version:{model},score_date:{at}", "cve,epss,percentile", *lines]) + "\n"
    return gzip.compress(content.encode(), mtime=0)


def epss_of(count: int, score: float = 0.1, **stamps: str) -> bytes:
    return epss(*(f"CVE-2025-{90000 + n},{score},0.5" for n in range(count)), **stamps)
