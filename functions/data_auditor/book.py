"""data_auditor by the book: held batches first, then a sample of what is in force against the bytes and the formula."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from company.fire.apart import each
from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.json_values import json_ready
from company.outcomes import Done, Outcome
from company.pipeline.rows.batches import HeldBatch
from company.text.wording import counted
from company.tools.audits import record_audit
from company.tools.findings import answer_finding, close_finding, open_finding
from company.tools.pipeline import held_batches
from company.watch.audit_findings import Problem, sync_findings
from company.watch.watching import answer_findings, answer_remaining
from data_auditor.drift import drifted
from data_auditor.samples import HOW_MANY, Difference
from data_auditor.tools import (
    BatchInForce,
    BatchVerdict,
    Comparison,
    SecondLook,
    batches_in_force,
    decide_batch,
    derive_again,
    look_again,
    recompute_scores,
    value_figures,
)

SAMPLE = 100
ROUNDS = 3
"""The fires in which every source is read once: reading all of them each time would cost more than the day's work."""
EVERY_SECONDS = 4 * 3600
NEEDS_A_SECOND_EDITION = {"keys_remain", "rows_did_not_multiply", "entries_are_as_many_as_stated"}


@dataclass(frozen=True)
class ClosableFinding:
    """An open finding that this role may close; some of them it also answers."""

    id: int
    fingerprint: str
    is_mine_to_answer: bool


def work(fire: Fire) -> Outcome:
    """Looks at something every time; an audit without anything to look at says so."""
    held_now = fire.use(held_batches)
    verdicts = each(fire, "held batches", held_now, partial(decide, fire), name=lambda batch: f"batch {batch.id}")
    watched = answer_findings(fire)
    in_force = in_turn(fire, fire.use(batches_in_force))
    audits = each(fire, "batches in force", in_force, partial(derive, fire), name=lambda batch: batch.source)
    audits += each(fire, "values", in_force, partial(look_for_drift, fire), name=lambda batch: batch.source)
    audits += each(fire, "scores", ("all scores",), lambda _: recompute(fire))
    sampled, differing = (sum(audit[part] for audit in audits) for part in (0, 1))
    held = f"{counted(len(verdicts), 'held batch', 'held batches')} judged, {verdicts.count('release')} released"
    note = (
        f"{counted(sampled, 'thing')} looked at again, {differing} differ; {held if verdicts else 'no batch is held'}."
    )
    evidence = {"sampled": sampled, "differing": differing, "held_decided": len(verdicts), **watched.evidence}
    return Done(evidence, note=note)


def duties(fire: Fire, _: Done) -> dict[str, int]:
    """What must be done whatever the model did: findings that still wait are answered."""
    return answer_remaining(fire)


def in_turn(fire: Fire, batches: list[BatchInForce]) -> list[BatchInForce]:
    """The sources whose turn it is; where there are few, all of them."""
    turn = int(fire.event.due_at.timestamp()) // EVERY_SECONDS % ROUNDS
    return [batch for n, batch in enumerate(batches) if len(batches) <= ROUNDS or n % ROUNDS == turn]


def decide(fire: Fire, batch: HeldBatch) -> BatchVerdict:
    """Judges one held batch after a second look at its bytes."""
    batch_id = batch.id
    verdict, reason = judge_batch(fire.use(look_again, batch_id=batch_id))
    fire.use(decide_batch, batch_id=batch_id, verdict=verdict, reason=reason)
    close_open(fire, "held_batch", f"held:{batch_id}", f"{verdict}: {reason}")
    return verdict


def judge_batch(look: SecondLook) -> tuple[BatchVerdict, str]:
    """The rules, strictest first. A loss or growth in one edition alone is refused; a repeated one is the source's."""
    if look.verdict == "malformed":
        return "refuse", f"its bytes cannot be read a second time: {look.reason}"
    if look.rows != look.read or not look.rows:
        return "refuse", f"its bytes hold {counted(look.rows, 'row')}, and {look.read} were read"
    others = sorted(set(look.failed) - NEEDS_A_SECOND_EDITION)
    if others:
        return "refuse", f"confirmed on the bytes: {', '.join(others)}"
    failed = ", ".join(look.failed)
    if look.failed_before:
        return (
            "release",
            f"{failed}: {counted(look.failed_before, 'earlier edition')} said the same, so the source means it",
        )
    return "refuse", f"{failed}: confirmed on the bytes, but this edition alone says so; the next may"


def derive(fire: Fire, batch: BatchInForce) -> tuple[int, int]:
    """Derives a sample of one source's rows again from its bytes, and counts the rows of both."""
    compared = fire.use(derive_again, source=batch.source, batch_id=batch.batch_id, sample=SAMPLE)
    sampled, differing = conclude(fire, "derived again", batch.source, "promote", compared)
    if not sampled:
        return 0, 0
    rows = Comparison([HOW_MANY], compared.miscounted)
    counted_rows = conclude(fire, "counted", f"rows of {batch.source}", "promote", rows, is_all=True)
    return sampled + counted_rows[0], differing + counted_rows[1]


def look_for_drift(fire: Fire, batch: BatchInForce) -> tuple[int, int]:
    """Whether a source's values are spread as a week ago; what moved may be the publisher's, so nobody is accused."""
    figures, subject = fire.use(value_figures, source=batch.source), f"values of {batch.source}"
    if not figures:
        return 0, 0
    moved = drifted(figures)
    given = {"looked_at": [one.field for one in figures], "differences": json_ready(moved), "is_all": True}
    recorded = fire.use(record_audit, what="spread compared", subject=subject, whose="promote", **given)
    sync_findings(fire, f"drift:{batch.source}", [of_drift(fire, subject, batch, moved)] if recorded.report else [])
    return len(figures), len(moved)


def of_drift(fire: Fire, subject: str, batch: BatchInForce, moved: Sequence[Difference]) -> Problem:
    first = moved[0]
    return Problem(
        fingerprint=f"drift:{batch.source}",
        kind="audit_differs",
        subject=subject,
        title=f"{counted(len(moved), 'column')} of {batch.source} moved within a week, first {first.item}",
        evidence={"a week ago": first.expected, "now": first.found, "columns": [one.item for one in moved]},
        effect="scores made of them may have moved for no reason of the world's",
        watcher=fire.record.reports_to,
    )


def recompute(fire: Fire) -> tuple[int, int]:
    """Computes a sample of scores again by the formula."""
    return conclude(fire, "recomputed", "scores", "score", fire.use(recompute_scores, sample=SAMPLE))


def conclude(
    fire: Fire, what: str, subject: str, whose: str, compared: Comparison, *, is_all: bool = False
) -> tuple[int, int]:
    """Records one audit, and opens or closes its finding."""
    looked_at, differences = list(compared.looked_at), json_ready(compared.differences)
    if not looked_at:
        return 0, 0
    given = {"looked_at": looked_at, "differences": differences, "is_all": is_all}
    recorded = fire.use(record_audit, what=what, subject=subject, whose=whose, **given)
    fingerprint = f"audit:{subject}"
    if recorded.report:
        accuse(fire, fingerprint, subject, whose, compared.only(recorded.report))
    else:
        close_open(fire, "audit_differs", fingerprint, f"a later sample of {len(looked_at)} shows no difference")
    return len(looked_at), len(differences)


def accuse(fire: Fire, fingerprint: str, subject: str, whose: str, compared: Comparison) -> None:
    """Opens a finding: whose work differs, by how much, and the first difference."""
    looked_at, differing = len(compared.looked_at), len(compared.differences)
    fire.use(
        open_finding,
        fingerprint=fingerprint,
        kind="audit_differs",
        subject=subject,
        title=f"{differing} of {looked_at} of {subject} are not what they are made from",
        watcher=fire.record.reports_to,
        level="today",
        effect="customers may read something wrong",
        evidence={"looked_at": looked_at, "differing": differing, "first": json_ready(compared.differences[0])},
        accused=whose,
    )


def close_open(fire: Fire, kind: str, fingerprint: str, resolution: str) -> None:
    """Answers and closes the open finding of a kind and a fingerprint, if there is one."""
    found = fire.brain.rows(ClosableFinding, "closable_findings", kind=kind, fingerprint=fingerprint)
    close = partial(_close, fire, resolution)
    each(fire, "findings that are over", found, close, name=lambda finding: f"F-{finding.id}")


def _close(fire: Fire, resolution: str, finding: ClosableFinding) -> None:
    if finding.is_mine_to_answer:
        fire.use(answer_finding, finding_id=finding.id, answer=resolution)
    fire.use(close_finding, finding_id=finding.id, resolution=resolution)


ROLE = RoleCode(work=work, duties=duties)
