"""How urgent a CVE is, from 0 to 100: what its parts weigh, and why.

Two questions are answered, and both count. Is it exploited now (75.5 points)? That is a fact, known from CISA's list,
and outweighs every estimate. Will it be exploited next (24.5 points)? That is an estimate, of listed CVEs too. Each
question has a number of its own, 0 to 100 over its own parts (patchfirst.rankings).

**Exploited now.** The order follows CISA's directive BOD 22-01: what is listed comes first, by its due date.

- known exploited, 38: more than the whole estimate, so a listed CVE stands before every other
- added lately, 29.6: falls to zero within 90 days; more than ransomware and the estimate together, so an entry of today
  leads the page of everyone it concerns
- used by ransomware, 4.9: the most expensive outcome, and known only for CVEs that are exploited already
- due soon, 3: rises over the 28 days before the date that CISA set

**Exploited next.** The estimate is a product of rates, so its logarithm is a sum. Each part is a logarithm brought to
0..1, and weighs its whole range in natural logarithms. Written out, the chance of a CVE is taken as

    1 / place by EPSS  x  1 / (days since it was published + 30)  x  (1 + listed neighbours)  x  details

- place by EPSS, 12.9: of things ranked well, the n-th is worth 1/n of the first (Zipf's law); EPSS's own number is not
  used, because its model changes and its order is what it is good at
- recency, 6.2: attention to a flaw falls as one over its age; the 30 days keep the first month together
- neighbours, 2.2: entries of CISA's list with numbers near its own, within a block of 50, lately
- exploit at hand, 0.5: little, because EPSS has seen it too. An exploit in Metasploit counts 1, another module 0.7, a
  template 0.6; an entry of Exploit-DB 0.7 when verified, else 0.5, for 90 days, because its old entries mislead
- open to all, 0.7, and weakness, 0.6: an attack from the network without an account and without a victim's help, and
  a weakness that lets in commands, files or strangers. Of CVE records of June 2024 such CVEs were listed 4 and 3 times
  as often in the year after; half of that counts (in logarithms), because EPSS has seen both too
- automatable, 0.9, and technical impact, 0.5: CISA's own decisions. CVEs whose attack can be automated were listed five
  to six times as often, those that are taken over whole 2.6 times; half of that counts, as above

The weights were reasoned, not fitted: exponents of one, and round constants. `python -m bench.lifts` measures the
details' lifts again from recorded feeds. Every variant that was tried stands with
its figures in docs/decisions.md. What nobody knows counts as the average of its part, and is shown as unknown: not to
know is no evidence, neither for nor against.
"""

from company.vertical import Part, Scores

SCORES = Scores(
    version="2026.5",
    parts=(
        Part("known_exploited", 38.0, "it is on CISA's list of known exploited vulnerabilities", question="now"),
        Part("ransomware", 4.9, "ransomware campaigns are known to use it", question="now"),
        Part("added_lately", 29.6, "it was added to the list within the last 90 days", question="now"),
        Part("due_soon", 3.0, "CISA's due date is within 28 days", question="now"),
        Part("epss_place", 12.9, "EPSS ranks it before most other CVEs", if_unknown=0.08),
        Part("recency", 6.2, "it was published lately", if_unknown=0.25),
        Part("neighbours", 2.2, "CVEs with numbers near its own were listed lately"),
        Part("exploit_at_hand", 0.5, "an exploit for it is publicly available", if_unknown=0.05),
        Part("open_to_all", 0.7, "the network is enough to attack it: no account, no victim's help", if_unknown=0.2),
        Part("weakness", 0.6, "its weakness lets in commands, files or strangers", if_unknown=0.2),
        Part("automatable", 0.9, "an attack on it can be automated", if_unknown=0.15),
        Part("technical_impact", 0.5, "an attack takes over the whole of it", if_unknown=0.3),
    ),
    features="patchfirst.score_features",
)
