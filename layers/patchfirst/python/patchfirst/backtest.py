"""How PatchFirst's order is tried on a past day: which CVEs CISA listed afterwards, beside EPSS, LEV and CVSS.

A CVE that is on the list already is no candidate: the question is what comes next.
"""

from company.vertical.backtest import Backtest, Rival
from patchfirst.lev import max_of_epss_and_lev

BACKTEST = Backtest(
    outcomes=("kev", "date_added"),
    own_dates={
        "kev": ("date_added",),
        "cves": ("published_at", "updated_at"),
        "nvd": ("published_at", "modified_at"),
        "exploitdb": ("published_on", "added_on"),
        "vulncheck": ("date_added",),
    },
    candidates="backtest_candidates",
    rivals=(
        Rival("epss", "EPSS alone", column="epss"),
        Rival("lev", "the larger of EPSS and LEV", from_history=max_of_epss_and_lev),
        Rival("cvss", "CVSS alone", column="cvss"),
    ),
    history=("epss", "epss"),
)
