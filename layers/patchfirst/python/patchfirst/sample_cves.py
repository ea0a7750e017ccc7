"""The sample's CVE List and NVD: 2,000 records on the evening before, what changed every three hours, and NVD's pages.

In real formats with their oddities: two versions of the format, moments without a zone, records without a date of
publication, rejected ones, and in two of the hours a record that nobody can read.
"""

import gzip
import io
import json
import tarfile
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from company.json_values import JsonObject
from patchfirst.sample_random import cve, hashed_int, hashed_share
from patchfirst.sample_vocabulary import VENDORS, WEAKNESSES

RECORDS = 2_000
NEW_FROM = 19_700
"""Numbers from here on are CVEs that appear around the day."""
EVERY_HOURS = 3
CHANGED = 30
NVD_ENTRIES = 240
NVD_HOURS = (5, 11, 17, 23)
STATUSES = ("Analyzed", "Modified", "Deferred", "Awaiting Analysis", "Undergoing Analysis", "Not Scheduled")


def write_cves(folder: Path, day: date, days: int = 1) -> None:
    """Writes cve5/ and nvd/ under the folder, for some days from the first one on."""
    cve5, nvd = folder / "cve5", folder / "nvd"
    cve5.mkdir(parents=True, exist_ok=True)
    nvd.mkdir(parents=True, exist_ok=True)
    midnight = datetime.combine(day, time(0), UTC)
    everything = [
        _record(n * 9, midnight - timedelta(hours=1 + hashed_int("written", n) % 5000)) for n in range(RECORDS)
    ]
    (cve5 / f"cves-{day}.tar.gz").write_bytes(_packed(everything))
    for step, hour in enumerate(range(EVERY_HOURS, 10 + 24 * days, EVERY_HOURS)):
        at = midnight + timedelta(hours=hour)
        (cve5 / f"delta-{at:%Y-%m-%dT%H%MZ}.tar.gz").write_bytes(_packed(_changes(at, step)))
    for at in [midnight + timedelta(days=n, hours=hour, minutes=10) for n in range(days) for hour in NVD_HOURS]:
        (nvd / f"cves-resultsPerPage2000-{at:%Y-%m-%dT%H%M%SZ}.json").write_bytes(_page(at))


def _changes(at: datetime, step: int) -> list[JsonObject]:
    """What changed within three hours: a few new records, more that were touched, sometimes a broken one."""
    changed = [hashed_int("changed", step, n) % RECORDS * 9 for n in range(CHANGED)]
    fresh = range(NEW_FROM + 6 * step, NEW_FROM + 6 * step + 6)
    records = [
        _record(n, at - timedelta(minutes=2 + m), step + 1) for m, n in enumerate([*dict.fromkeys(changed), *fresh])
    ]
    if step in (2, 4):
        records[3]["cveMetadata"]["cveId"] = f"CVE_{at:%Y}_{97_100 + step}"
    return records


def _record(n: int, updated_at: datetime, step: int = 0) -> JsonObject:
    is_rejected = n % 433 == 5 and not step
    about = {
        "cveId": cve(n),
        "state": "REJECTED" if is_rejected else "PUBLISHED",
        "assignerShortName": "sample-cna",
        "dateUpdated": _written(updated_at, has_zone=n % 3 != 0),
    }
    if n % 47:
        about["datePublished"] = _written(updated_at - timedelta(days=hashed_int("age", n) % 300), has_zone=True)
    containers = {"cna": _rejected(n) if is_rejected else _assigned(n, updated_at)}
    if not is_rejected and n % 4:
        containers["adp"] = [_added(n, step)]  # type: ignore[assignment]
    version = "5.0" if n % 11 == 0 else "5.1"
    return {"dataType": "CVE_RECORD", "dataVersion": version, "cveMetadata": about, "containers": containers}


def _rejected(n: int) -> JsonObject:
    return {
        "providerMetadata": {"shortName": "sample-cna"},
        "rejectedReasons": [{"lang": "en", "value": f"Number {n} was a mistake."}],
    }


def _assigned(n: int, at: datetime) -> JsonObject:
    vendor = sorted(VENDORS)[hashed_int("vendor", n) % len(VENDORS)]
    product = VENDORS[vendor][hashed_int("product", n) % len(VENDORS[vendor])]
    weakness = sorted(WEAKNESSES)[hashed_int("weakness", n) % len(WEAKNESSES)]
    cwe, effect = WEAKNESSES[weakness]
    written = {
        "title": f"{weakness} in {vendor} {product}",
        "providerMetadata": {"shortName": "sample-cna", "dateUpdated": _written(at, has_zone=True)},
        "affected": [{"vendor": vendor if n % 19 else "n/a", "product": product}],
        "descriptions": [{"lang": "en", "value": f"The {product} of {vendor} {effect}."}],
        "problemTypes": [{"descriptions": [{"lang": "en", "cweId": cwe, "description": weakness}]}],
    }
    return written if n % 5 == 0 else {**written, "metrics": [_cvss(n)]}


def _cvss(n: int) -> JsonObject:
    score = round(3 + 7 * hashed_share("cvss", n) ** 0.7, 1)
    return {
        "cvssV3_1": {
            "version": "3.1",
            "baseScore": score,
            "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        }
    }


def _added(n: int, step: int) -> JsonObject:
    """CISA's container. Its values are spelt in several ways."""
    share = hashed_share("ssvc", n, step)
    exploitation = (
        ("Active", "active")[n % 2]
        if share < 0.005
        else ("PoC", "poc")[n % 2]
        if share < 0.12
        else ("none", "None")[n % 2]
    )
    content = {"id": cve(n), "options": [{"Exploitation": exploitation}, {"Automatable": "no"}], "version": "2.0.3"}
    metrics: list[JsonObject] = [{"other": {"type": "ssvc", "content": content}}]
    return {"metrics": metrics if n % 5 else [*metrics, _cvss(n)], "providerMetadata": {"shortName": "CISA-ADP"}}


def _page(at: datetime) -> bytes:
    """One whole answer of NVD's API."""
    numbers = sorted({hashed_int("nvd", at.hour, n) % 4000 for n in range(NVD_ENTRIES)})
    entries = [{"cve": _entry(n, at - timedelta(minutes=3 + m))} for m, n in enumerate(numbers)]
    head = {
        "resultsPerPage": len(entries),
        "startIndex": 0,
        "totalResults": len(entries),
        "format": "NVD_CVE",
        "version": "2.0",
    }
    return json.dumps({**head, "timestamp": _written(at, has_zone=False), "vulnerabilities": entries}).encode()


def _entry(n: int, at: datetime) -> JsonObject:
    """Half of the entries wait for an analysis, and have no metrics at all."""
    metric = {"source": "nvd@nist.gov", "type": "Primary", "cvssData": _cvss(n + 1)["cvssV3_1"]}
    return {
        "id": cve(n),
        "published": _written(at - timedelta(days=200), has_zone=False),
        "lastModified": _written(at, has_zone=False),
        "vulnStatus": STATUSES[n % len(STATUSES)],
        "descriptions": [{"lang": "en", "value": f"A flaw that the sample calls number {n}."}],
        "metrics": {"cvssMetricV31": [metric]} if n % 2 else {},
        "references": [],
    }


def _written(at: datetime, *, has_zone: bool) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.{hashed_int('ms', at) % 1000:03}" + ("Z" if has_zone else "")


def _packed(records: Iterable[JsonObject]) -> bytes:
    """As a tar.gz with the folders of the real list; the same bytes for the same records."""
    inner = io.BytesIO()
    with tarfile.open(fileobj=inner, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for record in records:
            name = record["cveMetadata"]["cveId"].replace("_", "-")
            content = json.dumps(record).encode()
            entry = tarfile.TarInfo(f"cves/{name[4:8]}/{name[9:-3]}xxx/{name}.json")
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return gzip.compress(inner.getvalue(), compresslevel=1, mtime=0)
