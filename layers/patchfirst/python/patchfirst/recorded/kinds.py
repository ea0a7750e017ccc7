"""What a recorded file is: by its name, where publishers and mirrors give it one, else by how its content begins."""

import re
from dataclasses import dataclass
from pathlib import PurePath

from company.text.decoding import as_utf8

DAY = r"(?P<day>\d{4}-\d\d-\d\d)"
STAMP = DAY + r"(?:T(?P<hour>\d\d)(?P<minute>\d\d)(?:\d\d)?Z)?"
DATED = rf"(?:[-_.](?:asof-)?{STAMP})?"
RECORD = re.compile(r"CVE-\d{4}-\d{4,}\.json")
PACKED = re.compile(r"\.(?:gz|xz|bz2|zip)$")
ARCHIVE = re.compile(r"\.(?:tar\.(?:gz|xz|bz2)|tgz|tar|zip)$")
READABLE = re.compile(r"\.(?:json|jsonl|csv|txt)$")

NAMES = {
    "kev": [r"known_exploited_vulnerabilities(?!.*schema)[^/]*\.json"],
    "epss": [rf"(?:derived_)?epss_scores(?:-current|{DATED})\.csv"],
    "cves": [
        rf"(?:cves|(?P<part>delta))-{STAMP}\.(?:tar\.gz|tar\.xz|tar\.bz2|tgz|tar|zip)",
        rf"{DAY}_all_CVEs_at_midnight\.zip(?:\.zip)?",
        rf"{DAY}_(?P<part>delta)_CVEs_at_(?:(?P<hour>\d\d)(?P<minute>\d\d)Z|(?P<end>end_of_day))\.zip",
    ],
    "exploitdb": [rf"files_exploits{DATED}\.csv"],
    "metasploit": [rf"(?:derived_)?modules_metadata_base{DATED}\.json", rf"metasploit_cves{DATED}\.txt"],
    "nuclei": [rf"(?<=nuclei/)cves{DATED}\.json", r"cves\.json", rf"nuclei_cves{DATED}\.txt"],
    "vulncheck": [rf"vulncheck[-_](?:kev|known_exploited_vulnerabilities){DATED}\.(?:zip|json)"],
    "ghsa": [rf"advisory-database(?:-main)?{DATED}\.(?:zip|tar\.gz|tgz)"],
    "osv": [rf"(?<=osv/)all{DATED}\.(?:zip|tar\.gz|tgz)"],
    # One page of an answer; the answer about a single CVE is no edition.
    "nvd": [r"(?<=nvd/)cves-(?!cveId)[^/]*\.json", r"nvdcve-2\.0-[^/]*\.json"],
}
LEFT_OUT = {
    r"excerpt_[^/]*": "an excerpt is no whole edition",
    r"known_exploited_vulnerabilities[^/]*\.csv": "KEV's CSV does not say when it was released; its JSON is read",
    r"[^/]*schema[^/]*": "a schema holds no rows",
    r"[^/]*(?:\.meta|checksum\.txt|\.sha256|\.sig)": "a checksum holds no rows",
    r"(?:deltaLog|delta|recent_activities)[^/]*\.json": "a log of the CVE List's changes holds no records",
    r"cves-cveId[^/]*\.json": "an answer about a single CVE is no page of changes",
    r"nvdcve-1\.[^/]*": "NVD's format before 2.0 is not read",
    r"files_shellcodes[^/]*\.csv": "shellcodes are not read",
    r"GHSA-[^/]*\.json": "one of GitHub's advisories alone is no edition",
    r"(?:[A-Z]+-)+\d{4}-[^/]*\.json": "one of OSV's advisories alone is no edition",
    r"README[^/]*|LICEN[CS]E[^/]*|CHANGELOG[^/]*|[^/]*\.(?:md|rst|html?)": "a text or a page is no feed",
}
UNKNOWN = "it is no file of a feed that is read here"
CONTENTS = [
    (rb'"\$schema"', LEFT_OUT[r"[^/]*schema[^/]*"]),
    (rb'\s*\{.{0,2000}"dateReleased"', "kev"),
    (rb'"?cveID"?,"?vendorProject', LEFT_OUT[r"known_exploited_vulnerabilities[^/]*\.csv"]),
    (rb"#\s*model_version:|cve,epss", "epss"),
    (rb"\"?id\"?,\"?file\"?,\"?description", "exploitdb"),
    (rb'.{0,2000}"format"\s*:\s*"NVD_CVE"', "nvd"),
    (rb'.{0,2000}"format"\s*:\s*"NVD_', "an answer of NVD about other things than CVEs is not read"),
    (rb'\s*\{.{0,2000}"CVE_RECORD"', "cves"),
    (rb'\s*\{\s*"(?:auxiliary|encoder|evasion|exploit|nop|payload|post)_', "metasploit"),
    (rb'\s*\{\s*"ID"\s*:\s*"', "nuclei"),
    (rb'.{0,4000}(?:"ghsa_?[iI]d"|"securityAdvisories")', LEFT_OUT[r"GHSA-[^/]*\.json"]),
    (rb'.{0,4000}"fetchTime"', LEFT_OUT[r"(?:deltaLog|delta|recent_activities)[^/]*\.json"]),
    (rb".{0,4000}\"schema_version\"", LEFT_OUT[r"(?:[A-Z]+-)+\d{4}-[^/]*\.json"]),
]
"""How contents begin, and the source, or why such a file is left out. The first that fits counts."""
_NAMES = [(source, re.compile(f".*/{pattern}")) for source, patterns in NAMES.items() for pattern in patterns]
_LEFT_OUT = [(re.compile(pattern), reason) for pattern, reason in LEFT_OUT.items()]
_CONTENTS = [(re.compile(pattern, re.DOTALL), kind) for pattern, kind in CONTENTS]


@dataclass(frozen=True)
class Kind:
    """source: whose edition it is; None with the reason why the file is left out. named: the date in its name."""

    source: str | None
    reason: str = ""
    named: re.Match[str] | None = None

    @property
    def is_part(self) -> bool:
        return bool(self.named and self.named.groupdict().get("part"))


def kind_by_name(path: PurePath) -> Kind | None:
    """What a name says, with the folder that it is in; None when it says nothing. A packed name says the same."""
    names = (path.name, PACKED.sub("", path.name))
    for name in names:
        for pattern, reason in _LEFT_OUT:
            if pattern.fullmatch(name) and not RECORD.fullmatch(name):
                return Kind(None, reason)
    for name in names:
        for source, known in _NAMES:
            if named := known.fullmatch(f"/{path.parent.name}/{name}"):
                return Kind(source, named=named)
    return None


def kind_by_content(beginning: bytes) -> Kind:
    """What the first bytes say, unpacked."""
    text = as_utf8(beginning)
    found = next((kind for pattern, kind in _CONTENTS if pattern.match(text)), UNKNOWN)
    return Kind(found) if found in NAMES else Kind(None, found)
