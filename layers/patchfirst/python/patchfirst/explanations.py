"""The two numbers of a CVE for `why`: the parts that made them, which add up, and what would change them."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from company.brain import Brain
from company.vertical.explanations import ExplainedNumber, ExplainedPart
from patchfirst.reason_words import day_text
from patchfirst.reasons import Ranking, Reason, rankings_of, reasons_of, source_title

LISTED_FOR = timedelta(days=90)
"""As long the part `added_lately` counts."""
SMALLEST = 0.5
"""What would change a number by less is not named."""
WOULD_RAISE = {
    "ransomware": "ransomware campaigns are seen to use it",
    "due_soon": "its due date comes nearer",
    "epss_place": "EPSS ranks it higher",
    "neighbours": "more CVEs with numbers near its own are listed",
    "exploit_at_hand": "an exploit for it comes into Metasploit",
}
IF_UNKNOWN = {
    "open_to_all": "its CVSS vector becomes known",
    "weakness": "its weakness (CWE) becomes known",
    "recency": "its day of publication becomes known",
}


def explain_cve(brain: Brain, cve: str) -> list[ExplainedNumber]:
    """Fix now, and next to be exploited; none for a CVE without a score."""
    numbers = rankings_of(brain, [cve])
    if cve not in numbers:
        return []
    reasons, today = reasons_of(brain, [cve])[cve], brain.now().date()
    now = [reason for reason in reasons if reason.question == "now"]
    following = [reason for reason in reasons if reason.question == "next"]
    return [_fix_now(numbers[cve], now, today), _next(numbers[cve], following, today)]


def _fix_now(ranking: Ranking, reasons: Sequence[Reason], today: date) -> ExplainedNumber:
    if not ranking.is_listed:
        listed = "it leads the page of everyone it concerns as soon as CISA lists it"
        return ExplainedNumber("fix now", None, "none: not on CISA's list", (), (listed,))
    number = None if ranking.fix_now is None else float(ranking.fix_now)
    changes = [*_raises(reasons), *_fades(reasons, today), "it leaves the list of a customer who marks it as handled"]
    return ExplainedNumber("fix now", number, "of what CISA lists", _parts(reasons, today), changes)


def _next(ranking: Ranking, reasons: Sequence[Reason], today: date) -> ExplainedNumber:
    number = None if ranking.next is None else float(ranking.next)
    says = "an estimate; while CISA lists it, fix now counts" if ranking.is_listed else "an estimate"
    changes = [*_raises(reasons), "a little less with each day of its age"]
    return ExplainedNumber("next to be exploited", number, says, _parts(reasons, today), changes)


def _parts(reasons: Sequence[Reason], today: date) -> list[ExplainedPart]:
    return [
        ExplainedPart(
            part=reason.part,
            points=reason.points,
            most=reason.most,
            says=reason.says,
            source=source_title(reason.source),
            as_of=reason.as_of,
            age_days=(today - reason.as_of).days if reason.as_of else None,
            is_known=reason.is_known,
        )
        for reason in reasons
    ]


def _raises(reasons: Sequence[Reason]) -> Iterator[str]:
    """The largest first."""
    for reason in sorted(reasons, key=lambda reason: reason.points - reason.most):
        room = reason.most - reason.points
        cause = WOULD_RAISE.get(reason.part) if reason.is_known else IF_UNKNOWN.get(reason.part)
        if cause and room >= SMALLEST:
            yield f"up to +{room:.1f}: {cause}"


def _fades(reasons: Sequence[Reason], today: date) -> Iterator[str]:
    for reason in reasons:
        if reason.part == "added_lately" and reason.as_of and reason.points >= SMALLEST:
            over = max(today, reason.as_of + LISTED_FOR)
            yield f"-{reason.points:.1f} until {day_text(over)}: its entry is 90 days old then"
