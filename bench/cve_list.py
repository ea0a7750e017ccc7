"""A whole CVE List as published, generated: any number of records of a real one's size, in a zip within a zip.

Nothing is random: the same number gives the same records. The measures are those of a real list of June 2024: 5.9 kB a
record in the middle, one in a hundred over 22 kB, a third of the bytes when packed.
"""

import json
import random
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from company.json_values import JsonObject
from patchfirst.sample_vocabulary import VENDORS, WEAKNESSES

FIRST_YEAR = 1999
A_YEAR = 13_000
"""How many records of a year are generated: 340,000 reach from 1999 to 2025."""
WORDS = [f"{a}{b}{c}" for a in ("ba", "ke", "li", "mo", "nu", "ra") for b in ("den", "lor", "vis") for c in ("", "t")]
EPOCH = datetime(2025, 1, 1, tzinfo=UTC)
LARGE_EVERY = 100
MIDNIGHT_LIST = "cve_{date}_0000Z/{date}_all_CVEs_at_midnight.zip.zip"


def write_list(file: Path, records: int, *, changed_every: int = 0) -> None:
    """Writes a list as its publisher packs it. One in changed_every of its records is newer than without that."""
    with tempfile.TemporaryFile(dir=file.parent) as inner:
        with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
            for name, content in written_records(records, changed_every=changed_every):
                packed.writestr(name, content)
        inner.seek(0)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as outer, outer.open("cves.zip", "w") as member:
            while chunk := inner.read(1 << 20):
                member.write(chunk)


def written_records(records: int, *, changed_every: int = 0) -> Iterator[tuple[str, bytes]]:
    """Each record's name in the archive and its JSON, indented as published."""
    for n in range(records):
        cve = f"CVE-{FIRST_YEAR + n // A_YEAR}-{1000 + n % A_YEAR:04d}"
        is_changed = bool(changed_every) and n % changed_every == 0
        name = f"cves/{cve[4:8]}/{cve[9:-3]}xxx/{cve}.json"
        yield name, json.dumps(_record(cve, n, is_changed), indent=2).encode()


def _record(cve: str, n: int, is_changed: bool) -> JsonObject:
    chance = random.Random(n)
    updated_at = EPOCH - timedelta(minutes=n % 500_000) + timedelta(days=7 if is_changed else 0)
    about = {
        "cveId": cve,
        "assignerOrgId": _hexadecimal(chance),
        "state": "PUBLISHED",
        "assignerShortName": "bench-cna",
        "dateReserved": _written(updated_at - timedelta(days=90)),
        "datePublished": _written(updated_at - timedelta(days=30)),
        "dateUpdated": _written(updated_at),
    }
    containers = {"cna": _assigned(chance, n, updated_at), "adp": [_cisa(chance, cve, updated_at), _program(chance)]}
    return {"dataType": "CVE_RECORD", "dataVersion": "5.1", "cveMetadata": about, "containers": containers}


def _assigned(chance: random.Random, n: int, at: datetime) -> JsonObject:
    vendor = chance.choice(list(VENDORS))
    weakness = chance.choice(list(WEAKNESSES))
    versions = [
        {"version": f"{v}.0", "lessThan": f"{v}.{chance.randrange(99)}", "status": "affected", "versionType": "semver"}
        for v in range(200 if n % LARGE_EVERY == 0 else 6)
    ]
    return {
        "title": f"{weakness} in {vendor}",
        "affected": [{"vendor": vendor, "product": chance.choice(VENDORS[vendor]), "versions": versions}],
        "descriptions": [{"lang": "en", "value": _text(chance, 60), "supportingMedia": [_media(chance)]}],
        "metrics": [{"cvssV3_1": _cvss(chance), "scenarios": [{"lang": "en", "value": "GENERAL"}]}],
        "problemTypes": [{"descriptions": [{"lang": "en", "cweId": WEAKNESSES[weakness][0], "description": weakness}]}],
        "references": [{"url": _address(chance), "tags": ["vendor-advisory"]} for _ in range(4)],
        "providerMetadata": {"orgId": _hexadecimal(chance), "shortName": "bench-cna", "dateUpdated": _written(at)},
    }


def _cisa(chance: random.Random, cve: str, at: datetime) -> JsonObject:
    options = [{"Exploitation": chance.choice(("none", "none", "poc"))}, {"Automatable": "no"}]
    content = {"id": cve, "role": "CISA Coordinator", "options": options, "version": "2.0.3", "timestamp": _written(at)}
    return {
        "title": "CISA ADP Vulnrichment",
        "metrics": [{"other": {"type": "ssvc", "content": content}}],
        "providerMetadata": {"orgId": _hexadecimal(chance), "shortName": "CISA-ADP", "dateUpdated": _written(at)},
    }


def _program(chance: random.Random) -> JsonObject:
    references = [{"url": _address(chance), "tags": ["x_transferred"]} for _ in range(6)]
    provider = {"orgId": _hexadecimal(chance), "shortName": "CVE", "dateUpdated": _written(EPOCH - timedelta(days=200))}
    return {"title": "CVE Program Container", "references": references, "providerMetadata": provider}


def _cvss(chance: random.Random) -> JsonObject:
    vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    score = round(chance.uniform(2, 10), 1)
    return {"version": "3.1", "baseScore": score, "baseSeverity": "HIGH", "vectorString": vector}


def _media(chance: random.Random) -> JsonObject:
    return {"type": "text/html", "base64": False, "value": f"<p>{_text(chance, 60)}</p>"}


def _text(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(WORDS, k=words)).capitalize() + "."


def _address(chance: random.Random) -> str:
    return f"https://advisories.example.invalid/{_hexadecimal(chance)}"


def _hexadecimal(chance: random.Random) -> str:
    return f"{chance.getrandbits(128):032x}"


def _written(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.000Z"
