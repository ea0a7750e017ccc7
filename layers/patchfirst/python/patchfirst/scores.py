"""How urgent a CVE is, from 0 to 100: what its parts weigh, and why.

The order of ideas is CISA's directive BOD 22-01 (what is exploited goes first, by its due date) and FIRST's advice on
EPSS (rank the rest by probability; read the percentile beside it). The weights are our judgement, not fitted to data:
they promise an order that a reader can follow, and a backtest may replace them by a new version.

- known exploited, 40: evidence outweighs every estimate, so it alone lifts a CVE above nearly all others
- used by ransomware, 10: the costliest outcome, and known only for what is exploited already
- EPSS, 25: the probability itself, so that 0.9 counts ten times 0.09
- EPSS percentile, 10: tells the many small probabilities apart
- added lately, 10: falls to nothing in 90 days; defenders act on what is new
- due soon, 5: rises over the 28 days before the date that CISA set
"""

from company.vertical import Part, Scores

SCORES = Scores(
    version="2026.1",
    parts=(
        Part("known_exploited", 40, "it is on CISA's list of known exploited vulnerabilities"),
        Part("ransomware", 10, "ransomware campaigns are known to use it"),
        Part("epss", 25, "EPSS gives its probability of exploitation within 30 days"),
        Part("percentile", 10, "its EPSS stands above most other CVEs"),
        Part("added_lately", 10, "it was added to the list within the last 90 days"),
        Part("due_soon", 5, "CISA's due date is within 28 days"),
    ),
    features="patchfirst.score_features",
)
