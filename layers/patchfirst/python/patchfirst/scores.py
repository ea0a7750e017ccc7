"""How urgent a CVE is, from 0 to 100: what its parts weigh, and why.

Two questions are answered, and both count. Is it exploited now (64 points)? That is a fact, known from CISA's list, and
outweighs every estimate. Will it be exploited next (36 points)? That is an estimate for all CVEs, listed or not.

**Exploited now.** The order follows CISA's directive BOD 22-01: what is listed comes first, by its due date.

- known exploited, 37: more than the whole estimate, so a listed CVE stands before every other
- added lately, 15: falls to zero within 90 days; with it an entry of today leads the page of everyone it concerns
- used by ransomware, 6: the most expensive outcome, and known only for CVEs that are exploited already
- due soon, 6: rises over the 28 days before the date that CISA set

**Exploited next.** The estimate is a product of rates, so its logarithm is a sum. Each part is a logarithm brought to
0..1, and weighs its whole range in natural logarithms, times 1.47. Written out, the chance of a CVE is taken as

    1 / place by EPSS  x  1 / (days since it was published + 30)  x  (1 + listed neighbours)  x  details

- place by EPSS, 19: of things ranked well, the n-th is worth 1/n of the first (Zipf's law); EPSS's own number is not
  used, because its model changes and its order is what it is good at
- recency, 9.1: attention to a flaw falls as one over its age; the 30 days keep the first month together
- neighbours, 3.2: entries of CISA's list with numbers near its own, a block of 50, lately
- exploit at hand, 0.7: little, because EPSS has seen it too, and old entries of Exploit-DB mislead. An exploit in
  Metasploit counts 1, another module 0.7, a verified entry of Exploit-DB 0.7, an unverified one 0.5, a template 0.6
- open to all, 4: from the network, without an account and without a victim's help

The weights were reasoned, not fitted: exponents of one, and round constants. Every variant that was tried stands with
its figures in docs/decisions.md. What nobody knows counts as the average of its part, and is shown as unknown: not to
know is no evidence, neither for nor against.
"""

from company.vertical import Part, Scores

SCORES = Scores(
    version="2026.3",
    parts=(
        Part("known_exploited", 37.0, "it is on CISA's list of known exploited vulnerabilities"),
        Part("ransomware", 6.0, "ransomware campaigns are known to use it"),
        Part("added_lately", 15.0, "it was added to the list within the last 90 days"),
        Part("due_soon", 6.0, "CISA's due date is within 28 days"),
        Part("epss_place", 19.0, "EPSS ranks it before most other CVEs", if_unknown=0.08),
        Part("recency", 9.1, "it was published lately", if_unknown=0.25),
        Part("neighbours", 3.2, "CVEs with numbers near its own were listed lately"),
        Part("exploit_at_hand", 0.7, "an exploit for it is publicly available", if_unknown=0.05),
        Part("open_to_all", 4.0, "the network is enough to attack it: no account, no victim's help", if_unknown=0.2),
    ),
    features="patchfirst.score_features",
)
