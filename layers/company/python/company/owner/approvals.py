"""Approval by the owner of actions that reach people: what waits is asked about, and what she approved is sent once.

The database decides what may be sent; this module has the sender's calls.
"""

import hashlib
from dataclasses import dataclass
from functools import partial

from company.errors import Refused
from company.fire.apart import each
from company.fire.fire import Fire
from company.owner import marks
from company.owner.answer_time import answer_by
from company.watch.findings import open_finding

CORRECT = "correct"
"""Telling readers what was taken back: deliver's to customers, publish's on the pages of posts."""


@dataclass(frozen=True)
class AnsweredApproval:
    """An answered question about outbox entries: how many it was about, were sent, and are still to be sent."""

    id: int
    asked: int
    sent: int
    allowed: int


def content_digest(*parts: str) -> bytes:
    """The sha256 of an entry's address and text; with each part's length, so that no two lists of parts are equal."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{len(part.encode())}:{part}".encode())
    return digest.digest()


def has_approvals_to_process(fire: Fire, action: str) -> bool:
    """Whether an entry of this action waits to be asked about, or an answer waits for its outcome."""
    return bool(fire.brain.value("approvals_to_process", action=action))


def process_approvals(fire: Fire, action: str) -> int:
    """After sending: notes the outcome of each yes and asks about what newly waits; how many questions were asked."""
    answered = fire.brain.rows(AnsweredApproval, "approvals_answered", action=action)
    each(fire, "approvals", answered, partial(_note_outcome, fire), name=lambda approval: f"D-{approval.id}")
    return int(ask_for_approval(fire, action) is not None)


def _note_outcome(fire: Fire, approval: AnsweredApproval) -> None:
    rest = f", {approval.allowed} still to send" if approval.allowed else ""
    outcome = f"{approval.sent} of {approval.asked} sent{rest}"
    fire.brain.run("note_decision_acted", decision_id=approval.id, outcome=outcome)


def ask_for_approval(fire: Fire, action: str) -> int | None:
    """The number of the new question about all that waits; None when nothing waits, or a question is open already."""
    by = answer_by(fire.now, fire.settings.owner_timezone)
    asked: int | None = fire.brain.value("ask_approval", action=action, session_id=fire.session_id, answer_by=by)
    return note_question(fire, action, asked)


def take_approved(fire: Fire, entry_id: int, content: bytes) -> str:
    """recorded: send it now, once. unknown: a killed fire took it. changed: its content is not what was approved.

    waiting: it was recorded at open, and is asked about now. declined: its action was closed, its customer paused.
    BrainWentBack where the brain is older than what has left already.
    """
    marks.require_brain_not_behind(fire)
    try:
        mine = {"outbox_id": entry_id, "session_id": fire.session_id}
        return str(fire.brain.value("take_approved_entry", **mine, content_sha256=content))
    except Refused as refused:
        if refused.rule != "what_is_sent_is_what_was_asked":
            raise
        _report_changed(fire, entry_id, str(refused))
        return "changed"


def _report_changed(fire: Fire, entry_id: int, why: str) -> None:
    open_finding(
        fire.brain,
        fingerprint=f"changed_after_yes:{entry_id}",
        kind="changed_after_yes",
        subject=f"outbox entry {entry_id}",
        level="today",
        title=f"what {fire.role} would have sent is not what the owner approved; it was not sent",
        effect="what you said yes to was not sent",
        evidence={"rule": why},
        watcher=fire.record.reports_to if fire.record.reports_to != "owner" else fire.record.watched_by or "owner",
    )


def note_question(fire: Fire, action: str, asked: int | None) -> int | None:
    """Keeps in the journal that the owner was asked; asked: the number of the question, or None where there is none."""
    if asked is not None:
        fire.learn("asked", f"the approval level of {action} is ask: D-{asked} asks the owner", decision_id=asked)
    return asked
