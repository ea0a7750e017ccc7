"""One small document of each source as its publisher sends it, of made-up entries, no two of which have the same
values."""

import json
from typing import Any


def kev_entry(n: int, **given: Any) -> dict[str, Any]:
    entry = {
        "cveID": f"CVE-2026-9{n:04}", "vendorProject": f"vendor {n}", "product": f"product {n}",
        "vulnerabilityName": f"a flaw {n}", "dateAdded": f"2026-01-{n + 10:02}", "shortDescription": f"it is {n}",
        "requiredAction": f"install {n}", "dueDate": f"2026-02-{n + 5:02}", "notes": f"note {n}",
        "knownRansomwareCampaignUse": ("Known", "Unknown")[n % 2], "cwes": [f"CWE-{n}"],
    }  # fmt: skip
    return entry | given


LISTED = [kev_entry(n) for n in range(12)]
VULNCHECKED = [
    {
        "cve": [f"CVE-2026-9{n:04}"], "vendorProject": f"vendor {n}", "product": f"product {n}",
        "vulnerabilityName": f"a flaw {n}", "date_added": f"2026-01-{n + 10:02}T00:00:00Z",
        "cisa_date_added": f"2026-02-{n + 5:02}T00:00:00Z", "knownRansomwareCampaignUse": "Unknown",
        "vulncheck_reported_exploitation": [{"url": f"x{n}", "date_added": f"2026-01-{n + 10:02}T00:00:00Z"}],
        "vulncheck_xdb": [],
    }
    for n in range(12)
]  # fmt: skip
SCORED = [[f"CVE-2026-9{n:04}", f"0.{n + 11}", f"0.{n + 41}"] for n in range(12)]
EXPLOITS = [
    [str(50_000 + n), f"exploit {n}", "remote", f"platform {n}", f"2026-01-{n + 10:02}", f"2026-02-{n + 5:02}",
     str(n % 2), f"CVE-2026-9{n:04}"]
    for n in range(12)
]  # fmt: skip
EXPLOITS_HEADER = ["id", "description", "type", "platform", "date_published", "date_added", "verified", "codes"]
MODULES = {
    f"exploit_x/{n}": {
        "fullname": f"exploit/x/{n}", "name": f"module {n}", "type": "exploit", "rank": 100 * (n % 6),
        "disclosure_date": f"2026-01-{n + 10:02}", "mod_time": f"2026-02-{n + 5:02} 10:00:00 +0000",
        "references": [f"CVE-2026-9{n:04}"],
    }
    for n in range(12)
}  # fmt: skip
TEMPLATES: list[dict[str, Any]] = [
    {
        "ID": f"CVE-2026-9{n:04}",
        "Info": {
            "Name": f"name {n}", "Severity": ("high", "low")[n % 2], "Description": f"it is {n}",
            "Classification": {"CVSSScore": f"{n % 9}.{n % 7}"},
        },
        "file_path": f"http/cves/{n}.yaml",
    }
    for n in range(12)
]  # fmt: skip
CHANGED: list[dict[str, Any]] = [
    {"cve": {"id": f"CVE-2026-9{n:04}", "vulnStatus": "Analyzed", "published": f"2026-01-{n + 10:02}T10:00:00.000",
             "lastModified": f"2026-02-{n + 5:02}T10:00:00.000", "metrics": {},
             "descriptions": [{"lang": "en", "value": f"it is {n}"}], "weaknesses": [], "configurations": []}}
    for n in range(12)
]  # fmt: skip


def json_of(value: object) -> bytes:
    return json.dumps(value).encode()


def lines_of(entries: list[Any]) -> bytes:
    return b"".join(json_of(entry) + b"\n" for entry in entries)


def cells_of(header: list[str], rows: list[list[str]], sign: str = ",") -> bytes:
    return "".join(f"{sign.join(row)}\n" for row in [header, *rows]).encode()


def kev_document(entries: list[Any], key: str = "vulnerabilities", **beside: Any) -> dict[str, Any]:
    return {"title": "x" * 200, "dateReleased": "2026-03-10T17:00:00Z", "count": len(entries), key: entries, **beside}


EPSS_MARK = b"#model_version:v2026.03.14,score_date:2026-03-10T12:55:00Z\n"
EPSS_HEADER = ["cve", "epss", "percentile"]
NVD_PAGE = {"totalResults": 12, "startIndex": 0, "timestamp": "2026-03-10T12:00:00.000"}
DOCUMENTS: dict[str, bytes] = {
    "kev": json_of(kev_document(LISTED)),
    "epss": EPSS_MARK + cells_of(EPSS_HEADER, SCORED),
    "exploitdb": cells_of(EXPLOITS_HEADER, EXPLOITS),
    "metasploit": json_of(MODULES),
    "nuclei": lines_of(TEMPLATES),
    "vulncheck": json_of(VULNCHECKED),
    "nvd": json_of({**NVD_PAGE, "vulnerabilities": CHANGED}),
}
