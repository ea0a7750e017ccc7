"""The story of one CVE, as `why` prints it: the text of each event of the query cve_timeline."""

from company.vertical import Entity
from patchfirst.explanations import explain_cve
from patchfirst.ids import read_advisory_id, read_id, read_ids

CVE = Entity(
    word="CVE",
    read=read_id,
    read_all=lambda text: read_ids(text).read,
    timeline="cve_timeline",
    explain=explain_cve,
    names_of="cves_named",
    read_other=read_advisory_id,
    sentences={
        "also_known_as": "also known as {names}",
        "analysed": "batch {batch}: {status}[, CVSS {cvss_version}: {cvss} by {cvss_by}]",
        "delivery": "{customer}: {status}",
        "estimated": "batch {batch}: {epss} (model {model})",
        "exploit_seen": "exploit seen: {name}",
        "listed": "batch {batch}: {vendor} {product}, ransomware {ransomware}",
        "moved": "{was} -> {is}",
        "no_longer_listed": "batch {batch}: {how}",
        "reported_exploited": "listed as exploited since {since}[, reported since {reported_on}][, {reports} reports]",
        "recorded": "batch {batch}: {state}[, CVSS {cvss_version}: {cvss} by {cvss_by}][, exploitation {exploitation}]",
        "scored": "{score} by {model}[; unknown: {unknown}]",
    },
    where_empty={
        "estimated": {"model": "unknown"},
        "listed": {"vendor": "unknown vendor,", "product": "unknown product", "ransomware": "unknown"},
        "moved": {"is": "none"},
        "reported_exploited": {"since": "an unknown day"},
        "recorded": {"state": "of no readable state"},
    },
)
