"""PatchFirst as the company sees it: the one record that everything else of the product hangs on."""

from pathlib import Path

from company.vertical import Check, Entity, Link, Spelling, Vertical
from patchfirst.content import TOPICS
from patchfirst.deliveries import DELIVERIES
from patchfirst.recorded import recorded
from patchfirst.sample import CUSTOMERS, write_sample
from patchfirst.scores import SCORES
from patchfirst.sources.epss import EPSS
from patchfirst.sources.kev import KEV

LEGAL_FORMS = frozenset(
    {"inc", "corp", "corporation", "ltd", "llc", "gmbh", "ag", "sa", "co", "company", "foundation", "the"}
)

VERTICAL = Vertical(
    name="patchfirst",
    title="PatchFirst",
    product=(Path(__file__).parent / "product.md").read_text(encoding="utf-8"),
    sources=(KEV, EPSS),
    checks=(
        Check("kev_dates_are_plausible", "kev", "check_kev_dates"),
        Check("kev_due_after_added", "kev", "check_kev_due_after_added", severity="warn"),
        Check("epss_in_range", "epss", "check_epss_range"),
    ),
    links=(
        Link("cves", "link_cve_ids"),
        Link("cves_gone", "unlink_gone_cves"),
        Link("vendors_unlinked", "unlink_vendors"),
        Link("vendors_linked", "link_vendors"),
    ),
    spellings=(Spelling("vendor", "vendor_spellings", LEGAL_FORMS),),
    scores=SCORES,
    deliveries=DELIVERIES,
    customers=CUSTOMERS,
    entity=Entity("CVE", r"CVE-\d{4}-\d{4,}", "cve_timeline"),
    content=TOPICS,
    sample=write_sample,
    recorded=recorded,
)
