"""The sample's optional sources: VulnCheck's list, GitHub's advisories and OSV's, the evening before and on each day.

With their oddities: an entry for two CVEs, one without a CVE, an advisory that is withdrawn on the day, names that lead
to a CVE only by way of another database, and in each a record that nobody can read.
"""

import io
import json
import zipfile
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

from patchfirst.sample_random import cve, hashed_int
from patchfirst.sample_vocabulary import VENDORS

LISTED, ADVISORIES = 1_200, 900
ECOSYSTEMS = ("PyPI", "npm", "Go", "Maven")
Document = dict[str, object]
LETTERS = "23456789cfghjmpqrvwx"


def write_advisories(folder: Path, day: date, days: int = 1) -> None:
    """Writes vulncheck/, ghsa/ and osv/ under the folder, as they were the day before and on each day."""
    for name in ("vulncheck", "ghsa", "osv"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for news, on in ((n, day + timedelta(days=n - 1)) for n in range(days + 1)):
        stamp = f"{on}T1500Z"
        (folder / "vulncheck" / f"vulncheck-kev-{stamp}.zip").write_bytes(_list(day, news))
        (folder / "ghsa" / f"advisory-database-{stamp}.zip").write_bytes(_packed(_github(day, news)))
        (folder / "osv" / f"all-{stamp}.zip").write_bytes(_packed(_others(day, news)))


def _list(day: date, news: int) -> bytes:
    """VulnCheck's file: every CVE of CISA's list, and twice as many others."""
    entries = [_entry(n * 16, day - timedelta(days=1 + hashed_int("listed", n) % 1500)) for n in range(LISTED)]
    entries += [_entry(11 + n, day) for n in range(2 * news)]
    entries[7]["cve"] = [cve(7 * 16), cve(7 * 16 + 3)]
    entries[9]["cve"] = ["CVE-sample"]
    return _packed([("vulncheck_known_exploited_vulnerabilities", entries)])


def _entry(n: int, added: date) -> Document:
    vendor = sorted(VENDORS)[hashed_int("vendor", n) % len(VENDORS)]
    reported = f"{added - timedelta(days=hashed_int('reported', n) % 90)}T00:00:00Z"
    return {
        "vendorProject": vendor,
        "product": VENDORS[vendor][0],
        "vulnerabilityName": f"{vendor} {VENDORS[vendor][0]} Vulnerability",
        "knownRansomwareCampaignUse": "Known" if n % 5 == 0 else "Unknown",
        "cve": [cve(n)],
        "vulncheck_xdb": [{"xdb_id": f"{n:012x}", "date_added": reported}] if n % 3 else [],
        "vulncheck_reported_exploitation": [{"url": f"https://reports.invalid/{n}", "date_added": reported}],
        "date_added": f"{added}T00:00:00Z",
        "_timestamp": f"{added}T12:00:00Z",
    }


def _github(day: date, news: int) -> list[tuple[str, object]]:
    """GitHub's advisories. On the day two are new and one is withdrawn."""
    records = [_advisory(_ghsa(n), n, day, [cve(n * 7)] if n % 6 else []) for n in range(ADVISORIES + 2 * news)]
    if news:
        records[3]["withdrawn"] = f"{day}T08:00:00Z"
    records[5]["id"] = 7
    return [(f"advisories/github-reviewed/2026/03/{_ghsa(n)}", record) for n, record in enumerate(records)]


def _others(day: date, news: int) -> list[tuple[str, object]]:
    """OSV's archive: copies of some of GitHub's, and another database's names for others."""
    records = [_advisory(_ghsa(n), n, day, [cve(n * 7)]) for n in range(1, ADVISORIES, 9)]
    records += [_advisory(f"PYSEC-2026-{n}", n, day, [_ghsa(n)]) for n in range(0, ADVISORIES + 2 * news, 4)]
    records[2]["id"] = "no id"
    return [(str(record["id"]), record) for record in records]


def _ghsa(n: int) -> str:
    return "GHSA-" + "-".join(
        "".join(LETTERS[hashed_int("ghsa", n, part, place) % len(LETTERS)] for place in range(4)) for part in range(3)
    )


def _advisory(name: str, n: int, day: date, aliases: list[str]) -> Document:
    ecosystem = ECOSYSTEMS[n % len(ECOSYSTEMS)]
    package = f"sample-{n % 300}" if ecosystem != "Maven" else f"invalid.sample:part-{n % 300}"
    changed = day - timedelta(days=2 + hashed_int("modified", n) % 400)
    events = [{"introduced": "0"}, {"fixed": f"1.{n % 20}.3"}]
    return {
        "schema_version": "1.6.0",
        "id": name,
        "modified": f"{changed}T10:00:00Z",
        "published": f"{changed - timedelta(days=20)}T10:00:00Z",
        "aliases": aliases,
        "summary": f"A flaw in {package}",
        "affected": [
            {
                "package": {"ecosystem": ecosystem, "name": package},
                "ranges": [{"type": "ECOSYSTEM", "events": events}],
            }
        ],
    }


def _packed(documents: Iterable[tuple[str, object]]) -> bytes:
    """A zip with a JSON file for each document; the same bytes for the same documents."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, document in documents:
            archive.writestr(zipfile.ZipInfo(f"{name}.json"), json.dumps(document))
    return packed.getvalue()
