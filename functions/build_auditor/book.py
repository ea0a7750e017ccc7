"""build_auditor by the book: each waiting change is tried on a copy, and proved only when every step shows it."""

from collections import Counter
from typing import Any

from build_auditor.tools import ChangeVerdict, changes_waiting, judge_change, prove_change
from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.outcomes import Done, Outcome
from company.watch.watching import answer_findings, answer_remaining
from company.wording import counted, join_with_and

RESERVE_SECONDS = 250.0
"""Four trials at their longest. The first change is tried in any case: a fire begins with all its time."""
KEYS_KEPT = 0.9
"""Of the last good document's keys; the stream's own limit guards each edition, this one the reading of it."""


def preflight(fire: Fire) -> str | None:
    """A reason to rest: no change waits, and nobody wants a word."""
    waiting = fire.brain.one("waiting_for_me") or {}
    return None if any(waiting.values()) or fire.use(changes_waiting) else "no change waits"


def work(fire: Fire) -> Outcome:
    """Judges each change once; what does not fit into this fire's time waits for the next."""
    watched = answer_findings(fire)
    verdicts: Counter[str] = Counter(proved=0, refused=0)
    told: list[str] = []
    for change in fire.use(changes_waiting):
        if told and fire.budget.seconds_left() < RESERVE_SECONDS:
            break
        status, words = judge(fire.use(prove_change, change_id=change["id"]))
        fire.use(judge_change, change_id=change["id"], status=status, verdict=words)
        verdicts[status] += 1
        told.append(f"C-{change['id']} {status}: {words}")
    note = f"{counted(verdicts.total(), 'change')} judged, {verdicts['proved']} proved"
    return Done(
        {**verdicts, "changes": verdicts.total(), **watched.evidence},
        note=f"{note}: {join_with_and(told)}" if told else "",
    )


def duties(fire: Fire, _: Done) -> dict[str, int]:
    """What must not depend on whoever thinks: findings that still wait are answered."""
    return answer_remaining(fire)


def judge(seen: dict[str, Any]) -> tuple[ChangeVerdict, str]:
    """The steps in their order; the first that fails is the verdict."""
    for is_wrong, words in _steps(seen):
        if is_wrong:
            return "refused", words
    rows = f"{counted(seen['rows'], 'row')} read where the last good document has {seen['rows_before']:,}"
    return "proved", (
        f"its test fails without it and passes with it; {rows}, {100 * seen['keys_kept']:.0f} % of its keys kept; "
        f"{counted(seen['others'], 'other document')} read as before"
    )


def _steps(seen: dict[str, Any]) -> list[tuple[bool, str]]:
    return [
        (bool(seen["outside"]), f"it touches more than lists of columns: {join_with_and(seen['outside'])}"),
        (not seen["applies"], f"it does not fit the deployed code: {seen['said']}"),
        (not seen["failed_without"], "its own test passed without the fix"),
        (not seen["passed_with"], f"its own test fails with it: {seen['said']}"),
        (not seen["rows"], f"the document is still not read: {seen['said']}"),
        (
            not seen["is_within_limits"],
            f"{seen['rows']:,} rows are read, the last good document has {seen['rows_before']:,}",
        ),
        (
            seen["keys_kept"] < KEYS_KEPT,
            f"only {100 * seen['keys_kept']:.0f} % of the last good document's keys are kept",
        ),
        (bool(seen["others_differing"]), f"it changes how others are read: {join_with_and(seen['differing'])}"),
    ]


ROLE = RoleCode(work=work, preflight=preflight, duties=duties)
