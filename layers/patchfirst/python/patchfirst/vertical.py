"""PatchFirst as one record: everything that the company knows of the product."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from company.brain import Brain
from company.text.files import read_utf8
from company.vertical import Check, Dashboard, EarlierDashboard, Edition, Facts, Link, Spelling, Vertical
from patchfirst.backtest import BACKTEST
from patchfirst.console import CONSOLE
from patchfirst.content import TOPICS
from patchfirst.deliveries import DELIVERIES
from patchfirst.feeds import SOURCES
from patchfirst.lookup import LOOKUP
from patchfirst.research import RESEARCH
from patchfirst.sample_vocabulary import CUSTOMERS
from patchfirst.scores import SCORES
from patchfirst.timeline import CVE


def _sample(folder: Path, day: date, days: int) -> None:
    """Imported when called: only the desk makes samples, and a function starts faster without it."""
    from patchfirst.sample import write_sample

    write_sample(folder, day, days)


def _dashboard(brain: Brain, facts: Facts, before: EarlierDashboard | None) -> Dashboard:
    """Imported when called: only the function that delivers makes dashboards."""
    from patchfirst.dashboard.making import make_dashboard

    return make_dashboard(brain, facts, before)


def _recorded(place: Path, day: date | None = None) -> tuple[list[Edition], list[str]]:
    """Imported when called: only the desk reads recorded feeds."""
    from patchfirst.recorded import recorded

    return recorded(place, day)


VERTICAL = Vertical(
    name="patchfirst",
    title="PatchFirst",
    product=read_utf8(Path(__file__).parent / "product.md"),
    sources=SOURCES,
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
        Link("aliases_unlinked", "unlink_aliases"),
        Link("aliases_linked", "link_aliases"),
        Link("vendors_unlinked", "unlink_vendors"),
        Link("vendors_linked", "link_vendors"),
        Link("inventories_unlinked", "unlink_inventories"),
        Link("inventories_linked", "link_inventories"),
    ),
    spellings=(Spelling("vendor", "vendor_spellings"),),
    scores=SCORES,
    deliveries=replace(DELIVERIES, dashboard=_dashboard),
    customers=CUSTOMERS,
    entity=CVE,
    console=CONSOLE,
    lookup=LOOKUP,
    content=TOPICS,
    research=RESEARCH,
    backtest=BACKTEST,
    sample=_sample,
    recorded=_recorded,
    recorded_names=(
        "known_exploited_vulnerabilities*.json, epss_scores-*.csv.gz, *_all_CVEs_at_midnight.zip.zip,"
        " *_delta_CVEs_at_HH00Z.zip, CVE-*.json, files_exploits.csv, modules_metadata_base.json, nuclei's cves.json,"
        " pages of NVD's API and nvdcve-2.0-*.json.gz"
    ),
)
