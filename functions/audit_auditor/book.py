"""audit_auditor by the book: whether each auditor looked, at real things, and found what was planted for it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from operator import itemgetter

from audit_auditor.tools import (
    AuditorFigures,
    ItemsAgain,
    PlantedTest,
    auditors_at_work,
    items_again,
    planted_tests,
)
from company.fire.apart import each
from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.outcomes import Done, Outcome
from company.text.wording import counted
from company.tools.audits import record_audit
from company.watch.audit_findings import Problem, sync_findings
from company.watch.watching import answer_findings, answer_remaining

WEEK_HOURS = 7 * 24
TIME_TO_FIND = timedelta(days=2)


def work(fire: Fire) -> Outcome:
    """A week of every auditor; one hired within the week is judged by what it did since."""
    watched = answer_findings(fire)
    auditors, plants = fire.use(auditors_at_work, hours=WEEK_HOURS), fire.use(planted_tests, hours=2 * WEEK_HOURS)
    again = {auditor.role: fire.use(items_again, auditor=auditor.role, hours=WEEK_HOURS) for auditor in auditors}
    missed = [plant for plant in plants if is_missed(fire.now, plant)]
    caught = sum(plant.found_by is not None for plant in plants)
    wrong = [p for auditor in auditors for p in of_auditor(fire.now, auditor, again[auditor.role], missed)]
    each(fire, "auditors", again.items(), partial(audit_auditor, fire, wrong), name=itemgetter(0))
    changes = sync_findings(fire, "auditor:", wrong)
    looked_up = sum(len(drawn.items) for drawn in again.values())
    evidence = {"auditors": len(auditors), "looked_up_again": looked_up, "sampled": len(auditors) + looked_up}
    evidence |= {"differing": len(wrong), "planted": len(plants), "caught": caught, "missed": len(missed)}
    evidence |= {"findings_opened": changes.opened, "findings_closed": changes.closed}
    return Done(evidence | watched.evidence, note=write_note(evidence))


def duties(fire: Fire, _: Done) -> dict[str, int]:
    """What must not depend on the model: findings that still wait are answered."""
    return answer_remaining(fire)


def is_missed(now: datetime, plant: PlantedTest) -> bool:
    """Nobody found it in its time; one planted since yesterday may still be found."""
    return plant.found_by is None and now - plant.planted_at >= TIME_TO_FIND


def of_auditor(
    now: datetime, auditor: AuditorFigures, again: ItemsAgain, missed: Sequence[PlantedTest]
) -> list[Problem]:
    """All that is wrong with one auditor's week."""
    role, found = auditor.role, []
    is_new = now - auditor.published_at < timedelta(days=1)
    if not auditor.fires and not is_new:
        found.append(_problem(role, "did not look", {"fires": 0, "days": 7}))
    if auditor.reported_sampled > auditor.looked_at:
        what = "recorded less than it says" if auditor.audits else "recorded nothing"
        found.append(_problem(role, what, {"said": auditor.reported_sampled, "recorded": auditor.looked_at}))
    if again.unknown:
        found.append(_problem(role, "named things that never were", {"things": list(again.unknown)}))
    not_found = [plant.id for plant in missed if plant.whose_test == role]
    if not_found:
        found.append(_problem(role, "missed what was planted", {"plants": not_found}))
    return found


def audit_auditor(fire: Fire, all_wrong: Sequence[Problem], looked_up: tuple[str, ItemsAgain]) -> None:
    """One audit per auditor: its week, and each thing looked up again."""
    auditor, again = looked_up
    wrong = [problem for problem in all_wrong if problem.accused == auditor]
    week = f"a week of {auditor}"
    differences = [{"item": week, "expected": "a week's audits", "found": [p.title for p in wrong]}] if wrong else []
    fire.use(
        record_audit,
        what="audits looked at again",
        subject=auditor,
        whose=auditor,
        looked_at=[week, *again.items],
        differences=differences,
    )


def write_note(figures: Mapping[str, int]) -> str:
    return (
        f"{counted(figures['auditors'], 'auditor')} looked at, {figures['looked_up_again']} of their things looked up "
        f"again, {figures['differing']} differ; {figures['planted']} planted, {figures['caught']} caught, "
        f"{figures['missed']} missed."
    )


def _problem(role: str, what: str, evidence: Mapping[str, object]) -> Problem:
    return Problem(
        fingerprint=f"auditor:{role}:{what}",
        kind="weak_audit",
        subject=role,
        title=f"{role} {what}: {', '.join(f'{name} {value}' for name, value in evidence.items())}"[:300],
        evidence=evidence,
        effect="what it should have found may be wrong",
        accused=role,
    )


ROLE = RoleCode(work=work, duties=duties)
