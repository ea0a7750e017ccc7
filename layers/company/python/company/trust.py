"""The ladder of trust, for whoever acts outwards: what waits is asked about, and what was allowed goes once, unchanged.

The database decides; here is what a sender says to it.
"""

import hashlib
from typing import TYPE_CHECKING, Literal

from company.decisions import answer_by
from company.errors import Refused
from company.findings import open_finding

if TYPE_CHECKING:
    from company.session import Fire

Worker = Literal["book", "shadow", "model"]
BOOK = "book"
MODEL_ACTS = "act_by_model"


def fixed(*parts: str) -> bytes:
    """The sha256 of where something goes and of all that it says; a part's end cannot pass for the next one's start."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{len(part.encode())}:{part}".encode())
    return digest.digest()


def has_errand(fire: "Fire", act: str) -> bool:
    """Whether something of this act waits to be asked about, or an answer waits to be told of."""
    return bool(fire.brain.value("approvals_to_process", action=act))


def tend(fire: "Fire", act: str) -> int:
    """After the sending: notes what came of a yes, asks about what newly waits; how many questions were asked."""
    for leave in fire.brain.all("approvals_answered", action=act):
        rest = f", {leave['allowed']} still to go" if leave["allowed"] else ""
        outcome = f"{leave['sent']} of {leave['asked']} went{rest}"
        fire.brain.run("note_decision_acted", decision_id=leave["id"], outcome=outcome)
    return int(ask(fire, act) is not None)


def ask(fire: "Fire", act: str) -> int | None:
    """The number of the new question about all that waits; None when nothing does, or one is open already."""
    by = answer_by(fire.now, fire.settings.owner_timezone)
    asked: int | None = fire.brain.value("ask_approval", action=act, session_id=fire.session_id, answer_by=by)
    if asked is not None:
        fire.learn("asked", f"{act} stands at ask: D-{asked} asks the owner", decision_id=asked)
    return asked


def take(fire: "Fire", act_id: int, content: bytes) -> str:
    """recorded: it may go now, once. unknown: a killed fire took it. changed: it is not what was asked about."""
    try:
        return str(
            fire.brain.value(
                "take_approved_entry", outbox_id=act_id, session_id=fire.session_id, content_sha256=content
            )
        )
    except Refused as refused:
        if refused.rule != "what_is_sent_is_what_was_asked":
            raise
        _tell_changed(fire, act_id, str(refused))
        return "changed"


def _tell_changed(fire: "Fire", act_id: int, why: str) -> None:
    open_finding(
        fire.brain,
        fingerprint=f"changed_after_yes:{act_id}",
        kind="changed_after_yes",
        subject=f"act {act_id}",
        level="today",
        title=f"what {fire.role} was about to send is not what the owner allowed; it stays",
        effect="what you said yes to has not gone",
        evidence={"rule": why},
        watcher=fire.record.reports_to if fire.record.reports_to != "owner" else fire.record.watched_by or "owner",
    )


def who_works(fire: "Fire") -> Worker:
    """Who acts in this fire. A model acts only as far as the owner lets it; a machine never thinks.

    closed: the book; the model in its shadow where the settings ask for one. ask: the model in the shadow, and now and
    then the owner is asked for one day of acting. open: the model, or its shadow where the settings say so.
    """
    if not fire.record.is_employee or fire.settings.company_model == BOOK:
        return "book"
    stands = fire.brain.value("model_approval_level")
    if stands == "ask":
        _ask_for_a_day(fire)
    if fire.settings.company_shadow or stands == "ask":
        return "shadow"
    if stands == "open":
        return "model"
    fire.brain.run("book_took_over", session_id=fire.session_id, reason=f"{MODEL_ACTS} stands at closed")
    return "book"


def _ask_for_a_day(fire: "Fire") -> None:
    by = answer_by(fire.now, fire.settings.owner_timezone)
    asked = fire.brain.value("ask_for_a_model_day", session_id=fire.session_id, answer_by=by)
    if asked is not None:
        fire.learn("asked", f"{MODEL_ACTS} stands at ask: D-{asked} asks the owner", decision_id=asked)
