"""Makes the facts of an answer from the rows that the sources have of one CVE."""

from collections.abc import Mapping, Sequence
from itertools import chain

from company.brain import Brain
from company.json_values import JsonObject
from patchfirst.lookup.answers import (
    AffectedProduct,
    CveRecord,
    EpssEstimate,
    KnownExploit,
    Listing,
    Reference,
    Severity,
    Triage,
)
from patchfirst.lookup.rows import RowAt

Rows = Mapping[str, RowAt]
"""The one row that each source has of the CVE; lists of exploits may have several and are read apart."""


def listing_in(one: Rows) -> Listing | None:
    row = one.get("kev")
    if row is None:
        return None
    names = ("vendor", "product", "title", "date_added", "due_date", "ransomware", "action")
    return Listing(**{name: row.was.get(name) for name in names}, since=row.since)


def estimate_in(one: Rows) -> EpssEstimate | None:
    row = one.get("epss")
    if row is None:
        return None
    return EpssEstimate(
        probability=row.was["epss"],
        percentile=row.was["percentile"],
        model_version=row.was["model_version"],
        since=row.since,
    )


def severities_in(brain: Brain, one: Rows) -> tuple[Severity, ...]:
    """Each CVSS score that a source has; docs/data.md says which of them counts."""
    scored = {
        name: one[name].was for name in ("cves", "nvd") if name in one and one[name].was["cvss_score"] is not None
    }
    if not scored:
        return ()
    own, nvds = scored.get("cves", {}), scored.get("nvd", {})
    is_nvds = brain.value(
        "nvds_cvss_is_taken",
        own=own.get("cvss_score"),
        own_version=own.get("cvss_version"),
        nvds=nvds.get("cvss_score"),
        nvds_version=nvds.get("cvss_version"),
    )
    taken = "nvd" if is_nvds else "cves"
    return tuple(_severity(name, was, is_taken=name == taken) for name, was in scored.items())


def _severity(source: str, was: JsonObject, *, is_taken: bool) -> Severity:
    return Severity(
        score=was["cvss_score"],
        version=was["cvss_version"],
        vector=was["cvss_vector"],
        by=was["cvss_by"],
        source=source,
        is_taken=is_taken,
    )


def triage_in(one: Rows) -> Triage | None:
    was = one["cves"].was if "cves" in one else {}
    found = {name: was.get(name) or None for name in ("exploitation", "automatable", "technical_impact")}
    return Triage(**found) if any(found.values()) else None


def record_in(one: Rows) -> CveRecord | None:
    source = next((name for name in ("cves", "nvd") if name in one), None)
    if source is None:
        return None
    was = one[source].was
    return CveRecord(
        source=source,
        state=was.get("state") or was.get("status"),
        title=was.get("title") or None,
        description=was.get("description") or None,
        assigner=was.get("assigner") or None,
        published_at=was.get("published_at"),
        updated_at=was.get("updated_at") or was.get("modified_at"),
        weaknesses=tuple(was.get("cwes") or ()),
        is_disputed=bool(was.get("is_disputed")),
    )


def exploit_of(row: RowAt) -> KnownExploit:
    was = row.was
    name = {"exploitdb": was.get("edb_id"), "metasploit": was.get("module")}.get(row.source) or was.get("path")
    dated = was.get("published_on") or was.get("disclosed_on")
    return KnownExploit(source=row.source, name=str(name or was["title"]), dated=dated, since=row.since)


def affected_in(one: Rows) -> list[AffectedProduct]:
    pairs: dict[tuple[str, str], str] = {}
    for source in ("kev", "cves", "nvd"):
        was = one[source].was if source in one else {}
        lists = zip(was.get("vendors") or (), was.get("products") or (), strict=False)
        for vendor, product in chain(((was.get("vendor"), was.get("product")),), lists):
            if vendor or product:
                pairs.setdefault((vendor or "", product or ""), source)
    return [
        AffectedProduct(vendor=vendor, product=product, source=source) for (vendor, product), source in pairs.items()
    ]


def references_of(cve: str, rows: Sequence[RowAt]) -> list[Reference]:
    """Pages about the CVE: those that CISA's notes name, and each source's own page of it."""
    found: dict[str, str] = {}
    for row in rows:
        for url in _pages(cve, row):
            found.setdefault(url, row.source)
    return [Reference(url=url, source=source) for url, source in found.items()]


def _pages(cve: str, row: RowAt) -> list[str]:
    match row.source:
        case "kev":
            words = str(row.was.get("notes") or "").replace(";", " ").split()
            return [word for word in words if word.startswith(("https://", "http://"))]
        case "cves":
            return [f"https://www.cve.org/CVERecord?id={cve}"]
        case "nvd":
            return [f"https://nvd.nist.gov/vuln/detail/{cve}"]
        case "exploitdb":
            return [f"https://www.exploit-db.com/exploits/{row.was['edb_id']}"]
        case _:
            return []
