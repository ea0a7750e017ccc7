"""How urgent a CVE is, from 0 to 100: what its parts weigh, and why.

The order of the parts follows CISA's directive BOD 22-01 (what is exploited comes first, by its due date) and FIRST's
advice on EPSS (rank the rest by probability; read the percentile beside it). The weights are our judgement, not fitted
to data: they give an order that a reader can follow, and a backtest may replace them with a new version.

- known exploited, 35: evidence outweighs every estimate, so it alone ranks a CVE above nearly all others
- used by ransomware, 8: the most expensive outcome, and known only for CVEs that are exploited already
- EPSS, 20: the probability itself, so that 0.9 counts ten times 0.09
- EPSS percentile, 7: distinguishes the many small probabilities
- added lately, 7: falls to zero within 90 days; defenders act on what is new
- due soon, 3: rises over the 28 days before the date that CISA set
- exploit at hand, 12: the strongest evidence of any: a Metasploit exploit or CISA's value "active" counts 1, another
  Metasploit module 0.7, a verified entry of Exploit-DB 0.7 and an unverified one 0.5, a nuclei template 0.6, CISA's
  "poc" 0.5. Less than EPSS, which already includes part of it; more than severity, which says nothing about intent
- CVSS, 8: the base score out of 10, the assigner's or CISA's first, NVD's where neither gave one. It says how bad, not
  how likely, and most CVEs are rated high, so it weighs little

A part that no source knows counts as zero and is shown as unknown. It is not estimated: a CVE must not rank higher
because we know less about it.
"""

from company.vertical import Part, Scores

SCORES = Scores(
    version="2026.3",
    parts=(
        Part("known_exploited", 25, "it is on CISA's list of known exploited vulnerabilities"),
        Part("ransomware", 4, "ransomware campaigns are known to use it"),
        Part("added_lately", 10, "it was added to the list within the last 90 days"),
        Part("due_soon", 4, "CISA's due date is within 28 days"),
        Part("epss_place", 12.9, "EPSS ranks it before most other CVEs"),
        Part("recency", 6.2, "it was published lately"),
        Part("neighbours", 2.2, "CVEs with numbers near its own were listed lately"),
        Part("exploit_at_hand", 0.5, "an exploit for it is publicly available"),
        Part("open_to_all", 0.7, "it can be attacked from the network, without an account and without a victim's help"),
    ),
    features="patchfirst.score_features",
)
