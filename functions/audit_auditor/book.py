"""audit_auditor by the book: of each auditor, whether it looked, at real things, and found what was planted for it."""

from datetime import datetime, timedelta
from typing import Any

from audit_auditor.tools import auditors_at_work, items_again, planted_tests
from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.outcomes import Done, Outcome
from company.tools.audits import record_audit
from company.watch.audit_findings import Problem, sync_findings
from company.watch.watching import answer_findings, answer_remaining
from company.wording import counted

WEEK_HOURS = 7 * 24
TIME_TO_FIND = timedelta(days=2)


def work(fire: Fire) -> Outcome:
    """A week of every auditor. Who began within the week is looked at by what it did since."""
    watched = answer_findings(fire)
    auditors, plants = fire.use(auditors_at_work, hours=WEEK_HOURS), fire.use(planted_tests, hours=2 * WEEK_HOURS)
    again = {auditor["role"]: fire.use(items_again, auditor=auditor["role"], hours=WEEK_HOURS) for auditor in auditors}
    missed = [plant for plant in plants if is_missed(fire.now, plant)]
    caught = sum(plant["found_by"] is not None for plant in plants)
    wrong = [w for auditor in auditors for w in of_auditor(fire, auditor, again[auditor["role"]], missed)]
    for auditor in auditors:
        audit(fire, auditor, again[auditor["role"]], [w for w in wrong if w.accused == auditor["role"]])
    settled = sync_findings(fire, "auditor:", wrong)
    looked_up = sum(len(things["items"]) for things in again.values())
    evidence = {"auditors": len(auditors), "looked_up_again": looked_up, "sampled": len(auditors) + looked_up}
    evidence |= {"differing": len(wrong), "planted": len(plants), "caught": caught, "missed": len(missed)}
    evidence |= {"findings_opened": settled.opened, "findings_closed": settled.closed}
    return Done(evidence | watched.evidence, note=write_note(evidence))


def duties(fire: Fire, _: Done) -> dict[str, int]:
    """What must not depend on whoever thinks: findings that still wait are answered."""
    return answer_remaining(fire)


def is_missed(now: datetime, plant: dict[str, Any]) -> bool:
    """Nobody found it in its time; one that stands since yesterday may still be found."""
    planted_at = datetime.fromisoformat(plant["planted_at"])
    return plant["found_by"] is None and now - planted_at >= TIME_TO_FIND


def of_auditor(
    fire: Fire, auditor: dict[str, Any], again: dict[str, Any], missed: list[dict[str, Any]]
) -> list[Problem]:
    """All that is wrong with one auditor's week."""
    role, found = auditor["role"], []
    is_new = fire.now - datetime.fromisoformat(auditor["published_at"]) < timedelta(days=1)
    if not auditor["fires"] and not is_new:
        found.append(_wrong(role, "did not look", {"fires": 0, "days": 7}))
    if auditor["said_sampled"] > auditor["looked_at"]:
        what = "recorded less than it says" if auditor["audits"] else "recorded nothing"
        found.append(_wrong(role, what, {"said": auditor["said_sampled"], "recorded": auditor["looked_at"]}))
    if again["unknown"]:
        found.append(_wrong(role, "named things that never were", {"things": again["unknown"]}))
    not_found = [plant["id"] for plant in missed if plant["whose_test"] == role]
    if not_found:
        found.append(_wrong(role, "missed what was planted", {"plants": not_found}))
    return found


def audit(fire: Fire, auditor: dict[str, Any], again: dict[str, Any], wrong: list[Problem]) -> None:
    """One audit per auditor: its week, and each thing looked up again."""
    week = f"a week of {auditor['role']}"
    differences = [{"item": week, "expected": "a week's audits", "found": [w.title for w in wrong]}] if wrong else []
    fire.use(
        record_audit,
        what="audits looked at again",
        subject=auditor["role"],
        whose=auditor["role"],
        looked_at=[week, *again["items"]],
        differences=differences,
    )


def write_note(figures: dict[str, Any]) -> str:
    return (
        f"{counted(figures['auditors'], 'auditor')} looked at, {figures['looked_up_again']} of their things looked up "
        f"again, {figures['differing']} differ; {figures['planted']} planted, {figures['caught']} caught, "
        f"{figures['missed']} missed."
    )


def _wrong(role: str, what: str, evidence: dict[str, Any]) -> Problem:
    return Problem(
        fingerprint=f"auditor:{role}:{what}",
        kind="weak_audit",
        subject=role,
        title=f"{role} {what}: {', '.join(f'{name} {value}' for name, value in evidence.items())}"[:300],
        evidence=evidence,
        effect="what it should have seen may be wrong",
        accused=role,
    )


ROLE = RoleCode(work=work, duties=duties)
