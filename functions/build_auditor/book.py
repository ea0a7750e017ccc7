"""build_auditor by the book: each waiting change is tried on a copy, and proved only when every step shows it."""

from collections import Counter
from collections.abc import Iterator, Sequence

from build_auditor.tools import ChangeVerdict, changes_waiting, judge_change, prove_change
from build_auditor.trial import TrialFacts
from company.fire.apart import each
from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.outcomes import Done, Outcome
from company.sandbox.changes import Change
from company.tasks import waiting_for
from company.text.wording import counted, join_with_and
from company.tools.audits import record_audit
from company.watch.watching import answer_findings, answer_remaining

RESERVE_SECONDS = 250.0
"""The longest time of four trials. The first change is always tried: a fire begins with all its time."""
STEPS = (
    "it touches only lists of columns",
    "it fits the deployed code",
    "its test fails without it",
    "its test passes with it",
    "the document is read",
    "the rows are within the limits",
    "the keys are kept",
    "other documents are read as before",
)
"""What a trial looks at, in the order in which it ends at the first that fails."""
KEYS_KEPT = 0.9
"""The least share of the last good document's keys. The stream's own limit guards the rows, this one their reading."""


def preflight(fire: Fire) -> str | None:
    """The reason to skip: no change, finding or mail waits."""
    waiting = waiting_for(fire)
    return None if waiting.is_any or fire.use(changes_waiting) else "no change waits"


def work(fire: Fire) -> Outcome:
    """Judges each change once; what does not fit into this fire's time waits for the next fire.

    A change whose trial this machine cannot hold stays as it is, with a finding that says why.
    """
    watched = answer_findings(fire)
    waiting = _in_time(fire, fire.use(changes_waiting))
    judged = each(fire, "changes", waiting, lambda change: _judge(fire, change), name=lambda change: f"C-{change.id}")
    verdicts = Counter(status for status, _ in judged)
    note = f"{counted(len(judged), 'change')} judged, {verdicts['proved']} proved"
    return Done(
        {"proved": verdicts["proved"], "refused": verdicts["refused"], "changes": len(judged), **watched.evidence},
        note=f"{note}: {join_with_and([line for _, line in judged])}" if judged else "",
    )


def _in_time(fire: Fire, changes: Sequence[Change]) -> Iterator[Change]:
    for number, change in enumerate(changes):
        if number and fire.budget.seconds_left() < RESERVE_SECONDS:
            return
        yield change


def _judge(fire: Fire, change: Change) -> tuple[ChangeVerdict, str]:
    facts = fire.use(prove_change, change_id=change.id)
    status, verdict = judge_trial(facts)
    audit_trial(fire, change, facts)
    fire.use(judge_change, change_id=change.id, status=status, verdict=verdict)
    return status, f"C-{change.id} {status}: {verdict}"


def audit_trial(fire: Fire, change: Change, facts: TrialFacts) -> None:
    """Records the steps that were looked at; the first that fails is what differs, and ends the trial."""
    steps = {step: verdict for step, (has_failed, verdict) in zip(STEPS, _steps(facts), strict=True) if has_failed}
    failed = next(iter(steps), None)
    fire.use(
        record_audit,
        what="tried on a copy",
        subject=f"C-{change.id}",
        whose=change.author,
        looked_at=list(STEPS[: STEPS.index(failed) + 1] if failed else STEPS),
        differences=[{"item": failed, "expected": "shown", "found": steps[failed]}] if failed else [],
        is_all=True,
    )


def duties(fire: Fire, _: Done) -> dict[str, int]:
    """What is done whatever the model did: findings that still wait are answered."""
    return answer_remaining(fire)


def judge_trial(facts: TrialFacts) -> tuple[ChangeVerdict, str]:
    """The steps in their order; the first that fails is the verdict."""
    for has_failed, verdict in _steps(facts):
        if has_failed:
            return "refused", verdict
    rows = f"{counted(facts.rows, 'row')} read where the last good document has {facts.rows_before:,}"
    return "proved", (
        f"its test fails without it and passes with it; {rows}, {100 * facts.keys_kept:.0f} % of its keys kept; "
        f"{counted(facts.others, 'other document')} read as before"
    )


def _steps(facts: TrialFacts) -> list[tuple[bool, str]]:
    return [
        (bool(facts.outside), f"it touches more than lists of columns: {join_with_and(facts.outside)}"),
        (not facts.applies, f"it does not fit the deployed code: {facts.error}"),
        (not facts.failed_without, "its own test passed without the fix"),
        (not facts.passed_with, f"its own test fails with it: {facts.error}"),
        (not facts.rows, f"the document is still not read: {facts.error}"),
        (
            not facts.is_within_limits,
            f"{facts.rows:,} rows are read, the last good document has {facts.rows_before:,}",
        ),
        (
            facts.keys_kept < KEYS_KEPT,
            f"only {100 * facts.keys_kept:.0f} % of the last good document's keys are kept",
        ),
        (bool(facts.others_differing), f"it changes how others are read: {join_with_and(facts.differing)}"),
    ]


ROLE = RoleCode(work=work, preflight=preflight, duties=duties)
