"""Why a CVE has its numbers: each part of its score as a sentence for a reader, with who says so and since when.

The page, the JSON, the dashboard, `why` and the lookup all take their sentences here, so they agree. A part that nobody
knows says so: not to know is no evidence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from weakref import WeakKeyDictionary

from company.brain import Brain
from company.text.wording import counted, join_first, join_with_or
from company.vertical import Row
from patchfirst.feeds import TITLES
from patchfirst.reason_words import (
    WEAK,
    attack_text,
    day_text,
    days_ago,
    disputed_text,
    exploit_text,
    place_text,
    probability_text,
)

CISA = "CISA's list of known exploited vulnerabilities"
ACTIVE = 1.0
"""What a record's word that a CVE is being exploited is worth (SSVC's "active"), as patchfirst.exploits has it."""


@dataclass(frozen=True)
class Reason:
    """One part of a number. points: those of its question's number, which they add up to; most: what the part can
    bring.

    says: a plain sentence without a full stop. source: a feed's name, "" where nobody knows. as_of: the day from which
    the source says so, as far as it tells.
    """

    part: str
    question: Literal["now", "next"]
    points: float
    says: str
    source: str
    as_of: date | None
    is_known: bool = True
    most: float = 0.0


@dataclass(frozen=True)
class Points:
    """What one part of a CVE's score is, brings to the number of its question, and can bring to it."""

    cve: str
    part: str
    question: Literal["now", "next"]
    value: float | None
    points: float
    most: float
    is_known: bool


@dataclass(frozen=True)
class CveEvidence:
    """What the feeds say of one CVE: a row of patchfirst.evidence, and the day of asking."""

    cve: str
    published_at: datetime | None
    published_by: str | None
    epss: float | None
    epss_percentile: float | None
    epss_model: str | None
    epss_week_ago: float | None
    is_listed: bool
    date_added: date | None
    due_date: date | None
    ransomware: bool | None
    exploits: Sequence[Row]
    vector: str | None
    vector_by: str | None
    vector_from: str
    weaknesses: Sequence[str] | None
    weaknesses_from: str
    is_disputed: bool | None
    record_updated_at: datetime | None
    analysis_modified_at: datetime | None
    neighbours: int
    newest_neighbour: str | None
    newest_added: date | None
    epss_edition_at: datetime | None
    kev_edition_at: datetime | None
    exploit_lists: Sequence[str]
    today: date


@dataclass(frozen=True)
class Ranking:
    """The two numbers of a CVE, and the score that orders a page of both. fix_now is None for what is not listed."""

    cve: str
    score: Decimal
    fix_now: Decimal | None
    next: Decimal | None
    is_listed: bool


Said = tuple[str, str, date | None]
"""A sentence, the feed that says so, and since when."""
Known = dict[str, list[Reason] | None]
"""By CVE; None for one without a score."""
_known: "WeakKeyDictionary[Brain, tuple[object, Known]]" = WeakKeyDictionary()
MOST_KEPT = 20_000


def reasons_of(brain: Brain, cves: Sequence[str]) -> Mapping[str, list[Reason]]:
    """The reasons of each CVE that has a score, in the order of the score's parts.

    What was put into sentences once is not put again while its edition is in force: customers share most of it.
    """
    known = _of_edition(brain)
    if missing := [cve for cve in cves if cve not in known]:
        known.update(_read(brain, missing))
    return {cve: reasons for cve in cves if (reasons := known[cve]) is not None}


def _of_edition(brain: Brain) -> Known:
    """What was read of the edition in force within this hour: sentences say how old things are."""
    edition = f"{brain.now():%Y-%m-%dT%H}", brain.value("edition_in_force")
    kept, known = _known.get(brain, (None, {}))
    if kept != edition or len(known) > MOST_KEPT:
        known = {}
        _known[brain] = edition, known
    return known


def _read(brain: Brain, cves: Sequence[str]) -> Known:
    found = {row.cve: row for row in brain.rows(CveEvidence, "evidence_of", cves=list(cves))}
    reasons: dict[str, list[Reason]] = {cve: [] for cve in cves if cve in found}
    for row in brain.rows(Points, "points_of", cves=list(cves)):
        if row.cve in found:
            reasons[row.cve].append(_reason(found[row.cve], row))
    return {**dict.fromkeys(cves), **reasons}


def _reason(of: CveEvidence, part: Points) -> Reason:
    says, source, as_of = SENTENCES[part.part](of, part)
    return Reason(part.part, part.question, part.points, says, source, as_of, part.is_known, part.most)


def rankings_of(brain: Brain, cves: Sequence[str]) -> Mapping[str, Ranking]:
    """The numbers of each CVE that has a score."""
    return {row.cve: row for row in brain.rows(Ranking, "rankings_of", cves=list(cves))}


def _known_exploited(of: CveEvidence, part: Points) -> Said:
    if not part.is_known:
        return f"{CISA} has not been read yet", "", None
    if not of.is_listed:
        return f"not on {CISA}", "kev", _day(of.kev_edition_at)
    since = f" since {day_text(of.date_added)}" if of.date_added else ""
    return f"on {CISA}{since}", "kev", of.date_added


def _ransomware(of: CveEvidence, part: Points) -> Said:
    if not part.is_known:
        return "nobody says in readable words whether ransomware uses it", "", None
    says = "ransomware campaigns are known to use it" if of.ransomware else "no ransomware campaign is known to use it"
    return says, "kev", _day(of.kev_edition_at)


def _added_lately(of: CveEvidence, part: Points) -> Said:
    if of.date_added is None:
        known = "never added to the list" if part.is_known else "nobody says when it was added to the list"
        return known, "kev" if part.is_known else "", None
    age = days_ago(of.date_added, of.today)
    over = "" if part.value else ": too long ago to count"
    return f"added to the list {age}{over}", "kev", of.date_added


def _due_soon(of: CveEvidence, part: Points) -> Said:
    if of.due_date is None:
        return ("no due date", "kev", None) if part.is_known else ("nobody says by when it is due", "", None)
    left = (of.due_date - of.today).days
    passed = "today" if left == 0 else f"in {counted(left, 'day')}" if left > 0 else f"{counted(-left, 'day')} ago"
    return f"{'due' if left >= 0 else 'was due'} {day_text(of.due_date)}, {passed}", "kev", of.date_added


def _epss_place(of: CveEvidence, part: Points) -> Said:
    if not part.is_known or of.epss is None:
        return "EPSS does not rank it", "", None
    ahead = "" if of.epss_percentile is None else f", above {place_text(of.epss_percentile)} of CVEs"
    return f"EPSS {probability_text(of.epss)}{_week(of)}{ahead}", "epss", _day(of.epss_edition_at)


def _week(of: CveEvidence) -> str:
    """How it moved within one version of the model."""
    if of.epss is None or of.epss_week_ago is None or probability_text(of.epss) == probability_text(of.epss_week_ago):
        return ""
    way = "up" if of.epss > of.epss_week_ago else "down"
    return f", {way} from {probability_text(of.epss_week_ago)} in 7 days"


def _recency(of: CveEvidence, part: Points) -> Said:
    if of.published_at is not None:
        day = of.published_at.date()
        return f"published {days_ago(day, of.today)}{disputed_text(of.is_disputed)}", str(of.published_by), day
    if not part.is_known:
        return "nobody says when it was published", "", None
    return f"no source dates it; by its number about {_estimated_age(part)}", "epss", None


def _estimated_age(part: Points) -> str:
    """The age that the part's value stands for: ln((days + 30) / 30) over forty years."""
    days = 30 * (14630 / 30) ** (1 - float(part.value or 0)) - 30
    return counted(round(days), "day old", "days old") if days < 700 else f"{days / 365:.0f} years old"


def _neighbours(of: CveEvidence, part: Points) -> Said:
    if not part.is_known:
        return f"{CISA} has not been read yet", "", None
    if of.newest_added is None:
        return "no CVE with a number near its own was listed in three years", "kev", _day(of.kev_edition_at)
    count, last = counted(of.neighbours, "CVE"), f"{of.newest_neighbour} on {day_text(of.newest_added)}"
    return f"{count} near its number listed in three years, last {last}", "kev", of.newest_added


def _exploit_at_hand(of: CveEvidence, part: Points) -> Said:
    if of.exploits:
        best = of.exploits[0]
        more = f", and {len(of.exploits) - 1} more" if len(of.exploits) > 1 else ""
        dated = date.fromisoformat((best["dated"] or best["seen_at"])[:10])
        over = ": too old to count" if not part.value else ""
        return f"{exploit_text(best)}{more}{over}", str(best["source"]), dated
    if not part.is_known:
        return "no list of exploits has been read yet", "", None
    if part.value:
        what = "it is being exploited" if part.value >= ACTIVE else "an exploit is public"
        return f"its CVE record says that {what}", "cves", _day(of.record_updated_at)
    return f"no exploit in {join_with_or([source_title(name) for name in of.exploit_lists])}", "", None


def _open_to_all(of: CveEvidence, part: Points) -> Said:
    if of.vector is None or "/" not in of.vector:
        return "no source says how it is attacked (CVSS vector)", "", None
    says = attack_text(of.vector, is_open=bool(part.value) if part.is_known else None)
    return says, of.vector_from, _day(of.record_updated_at if of.vector_from == "cves" else of.analysis_modified_at)


def _weakness(of: CveEvidence, part: Points) -> Said:
    if not part.is_known or not of.weaknesses:
        return "no source names its weakness (CWE)", "", None
    bad = [cwe for cwe in of.weaknesses if cwe in WEAK]
    says = f"{bad[0]}: {WEAK[bad[0]]}" if bad else f"{join_first(of.weaknesses, 2)}: of no kind that is attacked most"
    as_of = of.record_updated_at if of.weaknesses_from == "cves" else of.analysis_modified_at
    return says, of.weaknesses_from, _day(as_of)


def _automatable(of: CveEvidence, part: Points) -> Said:
    if not part.is_known:
        return "CISA has not said whether an attack can be automated", "", None
    can = "can" if part.value else "cannot"
    return f"an attack {can} be automated, says CISA", "cves", _day(of.record_updated_at)


def _technical_impact(of: CveEvidence, part: Points) -> Said:
    if not part.is_known:
        return "CISA has not said how much an attack takes over", "", None
    whole = "the whole" if part.value else "a part"
    return f"an attack takes over {whole} of it, says CISA", "cves", _day(of.record_updated_at)


SENTENCES = {
    "known_exploited": _known_exploited,
    "ransomware": _ransomware,
    "added_lately": _added_lately,
    "due_soon": _due_soon,
    "epss_place": _epss_place,
    "recency": _recency,
    "neighbours": _neighbours,
    "exploit_at_hand": _exploit_at_hand,
    "open_to_all": _open_to_all,
    "weakness": _weakness,
    "automatable": _automatable,
    "technical_impact": _technical_impact,
}
"""For each part of the score, how it is said."""


def source_title(source: str) -> str:
    """A feed's name as people know it; "" stays."""
    return TITLES.get(source, source)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
