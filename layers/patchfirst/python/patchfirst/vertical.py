"""PatchFirst as one record: everything that the company knows of the product."""

from datetime import date
from pathlib import Path

from company.vertical import Check, Edition, Link, Spelling, Vertical
from patchfirst.backtest import BACKTEST
from patchfirst.content import TOPICS
from patchfirst.deliveries import DELIVERIES
from patchfirst.research import RESEARCH
from patchfirst.sample_vocabulary import CUSTOMERS
from patchfirst.scores import SCORES
from patchfirst.sources.cves import CVES
from patchfirst.sources.epss import EPSS
from patchfirst.sources.exploitdb import EXPLOITDB
from patchfirst.sources.kev import KEV
from patchfirst.sources.metasploit import METASPLOIT
from patchfirst.sources.nuclei import NUCLEI
from patchfirst.sources.nvd import NVD
from patchfirst.timeline import CVE

LEGAL_FORMS = frozenset(
    {"inc", "corp", "corporation", "ltd", "llc", "gmbh", "ag", "sa", "co", "company", "foundation", "the"}
)


def _sample(folder: Path, day: date, days: int) -> None:
    """Imported when called: only the desk makes samples, and a function starts faster without it."""
    from patchfirst.sample import write_sample

    write_sample(folder, day, days)


def _recorded(folder: Path) -> tuple[list[Edition], list[str]]:
    """Imported when called: only the desk reads recorded feeds."""
    from patchfirst.recorded import recorded

    return recorded(folder)


VERTICAL = Vertical(
    name="patchfirst",
    title="PatchFirst",
    product=(Path(__file__).parent / "product.md").read_text(encoding="utf-8"),
    # The day plants its stale feed in the last source, whose age customers would notice first.
    sources=(CVES, NVD, EXPLOITDB, METASPLOIT, NUCLEI, KEV, EPSS),
    checks=(
        Check("kev_dates_are_plausible", "kev", "check_kev_dates"),
        Check("kev_due_after_added", "kev", "check_kev_due_after_added", severity="warn"),
        Check("epss_in_range", "epss", "check_epss_range"),
        Check("cves_are_plausible", "cves", "check_cves"),
        Check("nvd_is_plausible", "nvd", "check_nvd"),
        Check("exploitdb_dates_are_plausible", "exploitdb", "check_exploitdb_dates"),
        Check("exploitdb_codes_can_be_read", "exploitdb", "check_exploitdb_codes", severity="warn"),
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
    entity=CVE,
    content=TOPICS,
    research=RESEARCH,
    backtest=BACKTEST,
    sample=_sample,
    recorded=_recorded,
)
