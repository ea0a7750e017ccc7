"""One day of the pipeline on recorded editions: each machine fires after each edition, and for the pages at its end."""

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from patchfirst.recorded import recorded
from patchfirst.sample_vocabulary import CUSTOMERS
from tests.pipeline.works import Works

DAY = date(2026, 3, 11)
SCRAPERS = ("scrape_cves", "scrape_exploits", "scrape_kev", "scrape_epss")
REST = ("check", "promote", "link", "score", "deliver")
AFTER = timedelta(minutes=10)
"""From an edition until the machines ask for it."""


@dataclass
class PipelineDay:
    """A folder's editions, and the works that take them in from the morning of the day until the next one."""

    works: Works
    folder: Path
    days: int = 1
    fires: list[dict[str, Any]] = field(default_factory=list)

    def run(self) -> None:
        editions, _ = recorded(self.folder)
        self.works.show(editions)
        self.works.open_for(*CUSTOMERS)
        morning = datetime.combine(DAY, time(7, 30), UTC)
        end = morning.replace(hour=6, minute=40) + timedelta(days=self.days)
        changes = {edition.edition_at + AFTER for edition in editions}
        for moment in sorted({morning, end, *(change for change in changes if morning < change < end)}):
            self.fire_all(moment)

    def fire_all(self, moment: datetime) -> None:
        """Every machine of the pipeline once, from this moment on."""
        if moment > self.works.brain.now():
            self.works.brain.set_now(moment)
        self.fires += self.works.run(*SCRAPERS, *REST)

    @property
    def failed(self) -> list[dict[str, Any]]:
        return [fire for fire in self.fires if fire["outcome"] not in ("done", "skipped")]

    def canonical(self, source: str, columns: str = "*") -> dict[str, dict[str, Any]]:
        """A source's rows in force, by their short id: 90070 is CVE-2025-90070."""
        rows = self.works.rows(f"SELECT {columns}, cve FROM patchfirst.{source}")
        return {row["cve"].removeprefix("CVE-2025-"): row for row in rows}

    def exploits(self, source: str) -> set[str]:
        """The CVEs for which a source knows an exploit, by their short ids."""
        rows = self.works.rows("SELECT cve FROM patchfirst.exploits WHERE source = %(source)s", source=source)
        return {row["cve"].removeprefix("CVE-2025-") for row in rows}

    def set_aside(self) -> list[dict[str, Any]]:
        return self.works.rows("SELECT source, entity, reason, raw FROM company.quarantine ORDER BY id")

    def told(self, customer: str) -> list[dict[str, Any]]:
        """Every change that a customer's pages of the day name."""
        pages = self.works.rows(
            "SELECT d.items FROM company.deliveries d JOIN company.customers c ON c.id = d.customer_id"
            " WHERE c.name = %(customer)s ORDER BY d.id",
            customer=customer,
        )
        return [item for page in pages for item in page["items"]]

    def changes_told(self, customer: str) -> set[tuple[str, str]]:
        """Which changes a customer read of, each a short id and its kind."""
        return {(item["cve"].removeprefix("CVE-2025-"), item["what"]) for item in self.told(customer)}

    def pages(self, customer: str) -> str:
        """The text of all that a customer got."""
        rows = self.works.rows(
            "SELECT d.body FROM company.deliveries d JOIN company.customers c ON c.id = d.customer_id"
            " WHERE c.name = %(customer)s ORDER BY d.id",
            customer=customer,
        )
        return "\n".join(row["body"] for row in rows)

    def feed_files(self) -> list[dict[str, Any]]:
        """What a feed customer finds in the evening: every file with changes in it."""
        s3 = self.works.cloud.client("s3")
        keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket="works", Prefix="feeds/").get("Contents", [])]
        files = [key for key in keys if key.endswith(".json")]
        bodies = [json.loads(s3.get_object(Bucket="works", Key=key)["Body"].read()) for key in files]
        return [body for body in bodies if body.get("items")]

    def published(self) -> dict[str, str]:
        """The pages and the feed of posts, by their file's name."""
        s3 = self.works.cloud.client("s3")
        keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket="works", Prefix="pages/posts/")["Contents"]]
        read = {key: s3.get_object(Bucket="works", Key=key)["Body"].read().decode() for key in keys}
        return {key.rsplit("/", 1)[-1]: text for key, text in read.items()}
