"""data_auditor by the book: held batches first, then a sample of what is in force against the bytes and the formula."""

from typing import Any

from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.outcomes import Done, Outcome
from company.tools.audits import record_audit
from company.tools.findings import answer_finding, close_finding, list_findings, open_finding
from company.tools.pipeline import held_batches
from company.watch.watching import answer_findings, answer_remaining
from company.wording import counted
from data_auditor.tools import BatchVerdict, batches_in_force, decide_batch, derive_again, look_again, recompute_scores

SAMPLE = 100
ROUNDS = 3
"""Fires in which every source has its turn: reading everything again each time would cost more than the day's work."""
EVERY_SECONDS = 4 * 3600
NEEDS_A_SECOND_EDITION = {"keys_remain", "rows_did_not_multiply"}


def work(fire: Fire) -> Outcome:
    """Looks at something every time; an audit that found nothing to look at says so."""
    verdicts = [decide(fire, batch) for batch in fire.use(held_batches)]
    watched = answer_findings(fire)
    audits = [derive(fire, batch) for batch in in_turn(fire, fire.use(batches_in_force))] + [recompute(fire)]
    sampled, differing = (sum(audit[part] for audit in audits) for part in (0, 1))
    held = f"{counted(len(verdicts), 'held batch', 'held batches')} judged, {verdicts.count('release')} released"
    note = (
        f"{counted(sampled, 'thing')} looked at again, {differing} differ; {held if verdicts else 'no batch is held'}."
    )
    evidence = {"sampled": sampled, "differing": differing, "held_decided": len(verdicts), **watched.evidence}
    return Done(evidence, note=note)


def duties(fire: Fire, _: Done) -> dict[str, int]:
    """What must not depend on whoever thinks: findings that still wait are answered."""
    return answer_remaining(fire)


def in_turn(fire: Fire, batches: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The sources whose turn it is; a small company has all of them looked at each time."""
    turn = int(fire.event.due_at.timestamp()) // EVERY_SECONDS % ROUNDS
    return [batch for n, batch in enumerate(batches) if len(batches) <= ROUNDS or n % ROUNDS == turn]


def decide(fire: Fire, batch: dict[str, Any]) -> str:
    """One held batch, after a second look at its bytes."""
    verdict, reason = judge(fire.use(look_again, batch_id=batch["id"]))
    fire.use(decide_batch, batch_id=batch["id"], verdict=verdict, reason=reason)
    close_open(fire, f"held:{batch['id']}", f"{verdict}: {reason}")
    return verdict


def judge(look: dict[str, Any]) -> tuple[BatchVerdict, str]:
    """The rules, hardest first. One edition's word alone is not believed; what the next repeats is the source's."""
    if look["verdict"] == "malformed":
        return "refuse", f"its bytes cannot be read a second time: {look['reason']}"
    if look["rows"] != look["staged"] or not look["rows"]:
        return "refuse", f"its bytes hold {look['rows']} rows, staging had {look['staged']}"
    others = sorted(set(look["failed"]) - NEEDS_A_SECOND_EDITION)
    if others:
        return "refuse", f"confirmed on the bytes: {', '.join(others)}"
    failed = ", ".join(look["failed"])
    if look["said_before"]:
        return (
            "release",
            f"{failed}: {counted(look['said_before'], 'earlier edition')} said the same, so the source means it",
        )
    return "refuse", f"{failed}: confirmed on the bytes, but this edition alone says so; the next may"


def derive(fire: Fire, batch: dict[str, Any]) -> tuple[int, int]:
    """A sample of one source's rows, derived again from its bytes."""
    drawn = {"source": batch["source"], "batch_id": batch["batch_id"], "sample": SAMPLE, "salt": salt(fire)}
    seen = fire.use(derive_again, **drawn)
    return conclude(fire, "derived again", batch["source"], "promote", seen)


def recompute(fire: Fire) -> tuple[int, int]:
    """A sample of scores, by the formula."""
    return conclude(fire, "recomputed", "scores", "score", fire.use(recompute_scores, sample=SAMPLE, salt=salt(fire)))


def salt(fire: Fire) -> str:
    """Another sample at each fire, and the same one when a fire is looked into later."""
    return fire.event.due_at.isoformat()


def conclude(fire: Fire, what: str, subject: str, whose: str, seen: dict[str, Any]) -> tuple[int, int]:
    """Records one audit, and opens or closes its finding."""
    looked_at, differences = seen["looked_at"], seen["differences"]
    if not looked_at:
        return 0, 0
    fire.use(record_audit, what=what, subject=subject, whose=whose, looked_at=looked_at, differences=differences)
    fingerprint = f"audit:{subject}"
    if differences:
        accuse(fire, fingerprint, subject, whose, seen)
    else:
        close_open(fire, fingerprint, f"a later sample of {len(looked_at)} shows no difference")
    return len(looked_at), len(differences)


def accuse(fire: Fire, fingerprint: str, subject: str, whose: str, seen: dict[str, Any]) -> None:
    """Says whose work differs, by how much, and shows the first of it."""
    looked_at, differing = len(seen["looked_at"]), len(seen["differences"])
    fire.use(
        open_finding,
        fingerprint=fingerprint,
        kind="audit_differs",
        subject=subject,
        title=f"{differing} of {looked_at} of {subject} are not what they are made from",
        watcher=fire.record.reports_to,
        level="today",
        effect="customers may be told something wrong",
        evidence={"looked_at": looked_at, "differing": differing, "first": seen["differences"][0]},
        accused=whose,
    )


def close_open(fire: Fire, fingerprint: str, resolution: str) -> None:
    """Answers and ends the open finding of a fingerprint, if there is one: what was to be looked at has been."""
    for finding in fire.use(list_findings, only_open=True, limit=200):
        if finding.fingerprint == fingerprint:
            if finding.watcher == fire.role:
                fire.use(answer_finding, finding_id=finding.id, answer=resolution)
            fire.use(close_finding, finding_id=finding.id, resolution=resolution)


ROLE = RoleCode(work=work, duties=duties)
