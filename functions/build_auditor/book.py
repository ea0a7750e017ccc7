"""build_auditor by the book: each waiting change is tried on a copy, and proved only when every step shows it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from build_auditor.settling import is_due, settle_deployments
from build_auditor.tools import ChangeVerdict, changes_waiting, judge_change, prove_change
from build_auditor.verdict import Facts, judge_trial
from company.fire.apart import each
from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.outcomes import Done, Outcome
from company.sandbox.changes import Change
from company.tasks import waiting_for
from company.text.wording import counted, join_with_and
from company.tools.audits import record_audit
from company.watch.watching import answer_findings, answer_remaining

RESERVE_SECONDS = 310.0
"""The longest time of five trials. The first change is always tried: a fire begins with all its time."""


def preflight(fire: Fire) -> str | None:
    """The reason to skip: no change, finding or mail waits."""
    waiting = waiting_for(fire)
    return None if waiting.is_any or fire.use(changes_waiting) or is_due(fire) else "no change waits"


def work(fire: Fire) -> Outcome:
    """Judges each change once; what does not fit into this fire's time waits for the next fire.

    A change whose trial this machine cannot hold stays as it is, with a finding that says why.
    """
    settled = Counter(settle_deployments(fire))
    watched = answer_findings(fire)
    waiting = _in_time(fire, fire.use(changes_waiting))
    judged = each(fire, "changes", waiting, lambda change: _judge(fire, change), name=lambda change: f"C-{change.id}")
    verdicts = Counter(status for status, _ in judged)
    settled.update(settle_deployments(fire))
    figures = {"proved": verdicts["proved"], "refused": verdicts["refused"], "changes": len(judged), **settled}
    return Done({**figures, **watched.evidence}, note=_note([line for _, line in judged], verdicts, settled))


def _note(lines: Sequence[str], verdicts: Mapping[ChangeVerdict, int], settled: Counter[str]) -> str:
    parts = [f"{number} {fate.replace('_', ' ')}" for fate, number in settled.items() if number]
    if lines:
        judged = f"{counted(len(lines), 'change')} judged, {verdicts['proved']} proved"
        parts.append(f"{judged}: {join_with_and(lines)}")
    return "; ".join(parts)


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


def audit_trial(fire: Fire, change: Change, facts: Facts) -> None:
    """Records the steps that were looked at; the first that fails is what differs, and ends the trial."""
    steps = facts.steps()
    names = [step.name for step in steps]
    failed = next((step for step in steps if step.has_failed), None)
    fire.use(
        record_audit,
        what="tried on a copy",
        subject=f"C-{change.id}",
        whose=change.author,
        looked_at=names[: steps.index(failed) + 1] if failed else names,
        differences=[{"item": failed.name, "expected": "shown", "found": failed.verdict}] if failed else [],
        is_all=True,
    )


def duties(fire: Fire, _: Done) -> dict[str, int]:
    """What is done whatever the model did: deployments are settled, findings that still wait are answered."""
    return {**settle_deployments(fire), **answer_remaining(fire)}


ROLE = RoleCode(work=work, preflight=preflight, duties=duties)
