"""PatchFirst as the company sees it: the one record that everything else of the product hangs on."""

from datetime import date
from pathlib import Path

from company.vertical import Check, Edition, Entity, Link, Spelling, Vertical
from patchfirst.deliveries import DELIVERIES
from patchfirst.sample_words import CUSTOMERS
from patchfirst.scores import SCORES
from patchfirst.sources.epss import EPSS
from patchfirst.sources.kev import KEV

LEGAL_FORMS = frozenset(
    {"inc", "corp", "corporation", "ltd", "llc", "gmbh", "ag", "sa", "co", "company", "foundation", "the"}
)


def _sample(folder: Path, day: date, days: int) -> None:
    """Imported when asked for: only the desk makes samples, and a function's cold start need not pay for it."""
    from patchfirst.sample import write_sample

    write_sample(folder, day, days)


def _recorded(folder: Path) -> tuple[list[Edition], list[str]]:
    """As above: only the desk reads recorded feeds."""
    from patchfirst.recorded import recorded

    return recorded(folder)


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
    sample=_sample,
    recorded=_recorded,
)
