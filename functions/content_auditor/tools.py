"""What only content_auditor does: look up what a draft cites, and give the verdict."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypedDict

from company.fire.fire import Fire
from company.tools import reading_tool, tool
from company.vertical.drafts import Citation
from content_auditor.comparing import said_beside, unsaid_facts

TEXT = "title and text"
"""The item of an audit under which stands what no fact says."""
Verdict = Literal["audited", "rejected"]


class JudgedDraft(TypedDict):
    """A draft and its status after the verdict."""

    draft_id: int
    status: Verdict


@dataclass(frozen=True)
class DraftToJudge:
    """A draft that waits for a verdict, with every fact that it cites."""

    id: int
    kind: str
    topic: str
    title: str
    body: str
    facts: Sequence[Citation]
    written_by: str
    written_at: datetime
    task_id: int | None


@dataclass(frozen=True)
class DraftText:
    """What a draft says, the facts that it cites, and the figures in it that none of them holds."""

    title: str
    body: str
    facts: Sequence[Citation]
    uncited: str | None


@dataclass(frozen=True)
class FalseFact:
    """Something in a draft that is not so. found: what is so instead, or None where there is nothing."""

    item: str
    expected: str
    found: str | None


@reading_tool
def drafts_to_judge(fire: Fire, limit: int = 20) -> list[DraftToJudge]:
    """Lists drafts that wait for a verdict, oldest first, with every fact that they cite.

    Example: drafts_to_judge() gives [{"id": 12, "topic": "x", "title": "...", "body": "...", "facts": [...]}].
    """
    return fire.brain.rows(DraftToJudge, "drafts_to_judge", limit=min(limit, 100))


@reading_tool
def false_facts(fire: Fire, draft_id: int) -> list[FalseFact]:
    """Looks up each fact that a draft cites, and its text: lists what is not in force now, and what no fact says.

    The text says each cited value as it is, of the thing that it is a fact of, and no other figure or address; what it
    says beside its facts is the item "title and text".
    Example: false_facts(draft_id=12) gives [{"item": "scores a score", "expected": "99.9", "found": "71.2"}].
    """
    wrong = fire.brain.rows(FalseFact, "false_facts_of_draft", draft_id=draft_id)
    draft = fire.brain.row(DraftText, "text_of_draft", draft_id=draft_id)
    return wrong + (_beside_its_facts(draft, {fact.item for fact in wrong}) if draft else [])


def _beside_its_facts(draft: DraftText, known: set[str]) -> list[FalseFact]:
    """What its text makes of facts that are right: one thing that is looked at, as a whole."""
    unsaid = [fact for fact in unsaid_facts(f"{draft.title}\n{draft.body}", draft.facts) if item_of(fact) not in known]
    beside = [f"it does not say {item_of(fact)} {fact['value']}" for fact in unsaid]
    beside += [f"nothing is cited for {draft.uncited}"] if draft.uncited else []
    beside += said_beside(draft.title, draft.body, draft.facts)
    return [FalseFact(TEXT, "what its facts say", "; ".join(beside)[:300])] if beside else []


def item_of(fact: Citation) -> str:
    """'scores a score': how an audit names a fact."""
    return f"{fact['source']} {fact['key']} {fact['field']}"


@tool
def judge_draft(fire: Fire, draft_id: int, verdict: Verdict, reason: str) -> JudgedDraft:
    """Gives the verdict on another's draft, once. A draft with a false fact cannot be approved.

    Example: judge_draft(draft_id=12, verdict="rejected", reason="a scores 71.2, the draft says 99.9").
    """
    fire.brain.run("judge_draft", session_id=fire.session_id, draft_id=draft_id, verdict=verdict, reason=reason)
    fire.learn("judged", f"draft {draft_id}: {verdict}: {reason}", draft=draft_id)
    return {"draft_id": draft_id, "status": verdict}
