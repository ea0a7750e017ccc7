"""memory_auditor by the book: every lesson against the sessions that it cites, every page against its lessons."""

from collections.abc import Sequence

from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.outcomes import Done, Outcome
from company.tasks import waiting_for
from company.text.wording import counted
from company.tools.audits import record_audit
from company.watch.audit_findings import Problem, sync_findings
from company.watch.watching import answer_findings, answer_remaining
from memory_auditor.tools import CheckedItem, check_lessons, check_memories

WHOSE = "memory_worker"


def preflight(fire: Fire) -> str | None:
    """A reason to skip: there is nothing to check, and nobody waits for an answer."""
    waiting = waiting_for(fire)
    if waiting.findings or waiting.mail or fire.brain.all("live_lessons") or fire.brain.all("memory_pages"):
        return None
    return "there is no lesson and no page of memory"


def work(fire: Fire) -> Outcome:
    """Checks all lessons and all pages: they are few by design."""
    watched = answer_findings(fire)
    lessons, pages = fire.use(check_lessons), fire.use(check_memories)
    checked = lessons + pages
    wrong = [thing for thing in checked if thing.wrong]
    report = audit_memory(fire, checked, wrong) if checked else ()
    changes = sync_findings(fire, "memory:", [as_problem(thing) for thing in wrong if thing.item in report])
    evidence = {"lessons": len(lessons), "pages": len(pages), "sampled": len(checked), "differing": len(wrong)}
    evidence |= {"findings_opened": changes.opened, "findings_closed": changes.closed}
    note = f"{counted(len(lessons), 'lesson')} and {counted(len(pages), 'page')} of memory checked, {len(wrong)} wrong."
    return Done(evidence | watched.evidence, note=note)


def duties(fire: Fire, _: Done) -> dict[str, int]:
    """What must not depend on the model: findings that still wait are answered."""
    return answer_remaining(fire)


def audit_memory(fire: Fire, checked: Sequence[CheckedItem], wrong: Sequence[CheckedItem]) -> Sequence[str]:
    """One audit of all lessons and pages; the items to report."""
    recorded = fire.use(
        record_audit,
        what="looked up in the sessions",
        subject="memory",
        whose=WHOSE,
        looked_at=[thing.item for thing in checked],
        differences=[{"item": w.item, "expected": "as its sessions say", "found": w.wrong} for w in wrong],
        is_all=True,
    )
    return recorded.report


def as_problem(thing: CheckedItem) -> Problem:
    return Problem(
        fingerprint=f"memory:{thing.item}",
        kind="wrong_memory",
        subject=thing.item,
        title=f"{thing.item}: {thing.wrong}"[:300],
        evidence={"wrong": thing.wrong},
        effect="the role that reads it at boot is misled",
        accused=WHOSE,
    )


ROLE = RoleCode(work=work, preflight=preflight, duties=duties)
