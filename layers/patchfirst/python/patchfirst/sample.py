"""Feeds of invented data around one day: real formats with their real oddities, the same bytes for the same day.

About 20,000 CVEs. On the day itself the KEV list gains three entries, loses one, marks one for ransomware and has
one id twice; EPSS moves for about 1.4 % of the CVEs a day and has a dozen rows that nobody can read. The records and
the exploits of these CVEs are in sample_cves and sample_exploits.
"""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TypedDict

from patchfirst.sample_cves import write_cves
from patchfirst.sample_exploits import write_exploits
from patchfirst.sample_random import cve, hashed_int, hashed_share
from patchfirst.sample_vocabulary import OTHER_SPELLINGS, VENDORS, WEAKNESSES
from patchfirst.sources.epss import pack

CVES = 20_000
LISTED = 400
DAYS_BEFORE, DAYS_AFTER = 4, 1
MODEL = "v2025.03.14"
MOVES_PER_DAY = 0.024
"""A good third of these moves are too small to show in five decimals."""
FLOOR = 0.00004
NEW_ON_THE_DAY = 3


class KevEntry(TypedDict):
    """An entry of the list, as CISA writes it."""

    cveID: str
    vendorProject: str
    product: str
    vulnerabilityName: str
    dateAdded: str
    shortDescription: str
    requiredAction: str
    dueDate: str
    knownRansomwareCampaignUse: str
    notes: str
    cwes: list[str]


def write_sample(folder: Path, day: date, days: int = 1) -> None:
    """Writes a folder per source, for some days from the sample's day on."""
    write_cves(folder, day, days)
    write_exploits(folder, day, days)
    for name in ("kev", "epss"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    first = day - timedelta(days=DAYS_BEFORE)
    for today in (first + timedelta(days=n) for n in range(DAYS_BEFORE + days + DAYS_AFTER)):
        body = epss_edition(today, (today - first).days)
        (folder / "epss" / f"epss_scores-{today}.csv.gz").write_bytes(body)
        if today in (day, day - timedelta(days=1)) or today.weekday() < 5:
            stamp, body = kev_edition(day, today)
            (folder / "kev" / f"known_exploited_vulnerabilities-{stamp:.10}.json").write_bytes(body)


def kev_edition(day: date, today: date) -> tuple[str, bytes]:
    """The list as it is on the evening of `today`, in a sample made for `day`."""
    entries = [e for e in _entries(day) if e["dateAdded"] <= today.isoformat()]
    if today >= day:
        entries = _evening_of_the_day(entries, day)
    entries.sort(key=lambda e: (e["dateAdded"], e["cveID"]), reverse=True)
    minute, second, fraction = (hashed_int(part, today) for part in ("minute", "second", "fraction"))
    stamp = f"{today}T17:{minute % 20:02}:{second % 60:02}.{fraction % 9000 + 1000}Z"
    document = {
        "title": "CISA Catalog of Known Exploited Vulnerabilities",
        "catalogVersion": f"{today:%Y.%m.%d}",
        "dateReleased": stamp,
        "count": len(entries),
        "vulnerabilities": entries,
    }
    return stamp, json.dumps(document, indent=4).replace("/", "\\/").encode()


def _evening_of_the_day(entries: list[KevEntry], day: date) -> list[KevEntry]:
    """Removes one old entry, flips a ransomware flag, and repeats an id with a later date and another product."""
    old = [e for e in entries if e["dateAdded"] < (day - timedelta(days=60)).isoformat()]
    gone, flipped, twice = old[7], next(e for e in old[20:] if e["knownRansomwareCampaignUse"] == "Unknown"), old[40]
    repeated = twice.copy()
    repeated["product"] = f"{twice['product']} Cloud"
    repeated["dateAdded"] = day.isoformat()
    repeated["dueDate"] = str(day + timedelta(days=21))
    marked = flipped.copy()
    marked["knownRansomwareCampaignUse"] = "Known"
    kept = [marked if e is flipped else e for e in entries if e is not gone]
    return [*kept, repeated]


def _entries(day: date) -> list[KevEntry]:
    """All entries that are ever on the list, in the order in which they came."""
    entries = []
    for n in range(LISTED):
        added = _added(day, n)
        entries.append(_entry(n, added))
    return entries


def _added(day: date, n: int) -> date:
    """Most are spread over four years; the last ones come around the day itself."""
    recent = {
        1: day + timedelta(days=1),
        2: day + timedelta(days=1),
        6: day - timedelta(days=1),
        7: day - timedelta(days=2),
    }
    recent |= dict.fromkeys(range(3, 3 + NEW_ON_THE_DAY), day)
    from_end = LISTED - n
    return recent.get(from_end) or day - timedelta(days=3 + 1460 * (from_end - 7) // LISTED)


def _entry(n: int, added: date) -> KevEntry:
    vendor = _vendor(n)
    product = VENDORS[vendor][hashed_int("product", n) % len(VENDORS[vendor])]
    weakness = list(WEAKNESSES)[hashed_int("weakness", n) % len(WEAKNESSES)]
    cwe, effect = WEAKNESSES[weakness]
    # In a few old entries the due date is before the date added; nobody has corrected them.
    due = added + timedelta(days=-30 if n in (3, 11) else 21)
    return {
        "cveID": cve(n * 47),
        "vendorProject": _spelt(vendor, n),
        "product": product + (" " if n % 37 == 5 else ""),
        "vulnerabilityName": f"{vendor} {product} {weakness} Vulnerability" + ("\u00a0" if n % 41 == 9 else ""),
        "dateAdded": added.isoformat(),
        "shortDescription": f"The {product} of {vendor} {effect}.",
        "requiredAction": "Install the vendor's correction, or stop using the product when there is none.",
        "dueDate": due.isoformat(),
        "knownRansomwareCampaignUse": "Known" if hashed_int("ransomware", n) % 5 == 0 else "Unknown",
        "notes": f"https://advisories.{vendor.replace(' ', '-').lower()}.invalid/{n}" + (" " if n % 29 == 2 else ""),
        "cwes": [cwe],
    }


def _vendor(n: int) -> str:
    """The ambiguous pair is rare, and the entries of the day itself are of vendors that the sample's customer has."""
    if LISTED - n in (3, 4):
        return ("Harbourgate", "Osterlume")[LISTED - n - 3]
    names = [v for v in VENDORS if v != "Tidewreck"]
    return "Tidewreck" if n in (100, 230) else names[hashed_int("vendor", n) % len(names)]


def _spelt(vendor: str, n: int) -> str:
    others = OTHER_SPELLINGS.get(vendor, ())
    return others[n % len(others)] if others and hashed_int("spelling", n) % 6 == 0 else vendor


def epss_edition(today: date, step: int) -> bytes:
    """One day's file; `step` counts the days since the sample's first."""
    known = [n for n in range(CVES) if not _is_absent(n, step)]
    raw = {n: _probability(n, step) for n in known}
    rank = {n: place for place, n in enumerate(sorted(known, key=lambda n: (raw[n], n)), start=1)}
    lines = [f"#model_version:{MODEL},score_date:{today}T12:55:00Z", "cve,epss,percentile"]
    lines += [f"{cve(n)},{_short(raw[n])},{_short(rank[n] / len(known))}" for n in known]
    # A dash from a word processor; the reader corrects these.
    for n in (5, 500, 5000):
        lines[2 + n] = lines[2 + n].replace("CVE-", "CVE\u2013", 1)
    return pack(("\n".join([*lines, *_bad_lines(step)]) + "\n").encode())


def _is_absent(n: int, step: int) -> bool:
    """A few CVEs are new each day, and a few are rejected."""
    return n >= CVES - 60 + 12 * step or n in {1000 + 7 * s for s in range(step)}


@cache
def _probability(n: int, step: int) -> float:
    """Skewed as the real ones are; a listed CVE is far above the others. It moves on days that the hash picks."""
    if step == 0:
        value = hashed_share("epss", n)
        return 0.35 + 0.6 * value if n % 47 == 0 and n // 47 < LISTED else FLOOR + 0.9 * value**14
    before = _probability(n, step - 1)
    if hashed_share("move", n, step) >= MOVES_PER_DAY:
        return before
    return min(0.97, FLOOR + (before - FLOOR) * (0.7 + 0.7 * hashed_share("by", n, step)))


def _short(value: float) -> str:
    """Five decimals without trailing zeros; tiny ones come out as 4e-05, as the real file has them."""
    return repr(round(value, 5)).removesuffix(".0") if value < 1 else "1.0"


def _bad_lines(step: int) -> Iterator[str]:
    """What a feed should not hold: malformed ids, malformed numbers, probabilities above one."""
    for n in range(4):
        yield f"CVE_2026_{97_000 + n},0.01,0.5"
    yield from ("CVE-26-1,0.2,0.9", ",0.2,0.9", "CVE-2026-97010,n/a,0.5", "CVE-2026-97011,0.2")
    for n in range(4):
        yield f"CVE-2026-{97_020 + n},{1.2 + 0.1 * n:.1f},0.{5 + step}"
