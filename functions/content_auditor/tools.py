"""What only content_auditor does: look up what a draft cites, and give the verdict."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypedDict

from company.fire.fire import Fire
from company.tools import reading_tool, tool
from company.vertical.drafts import Citation

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
class FalseFact:
    """A cited fact that is not in force. found: what is in force instead, or None where there is nothing."""

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
    """Looks up each fact that a draft cites and lists those that are not what is in force at this moment.

    Example: false_facts(draft_id=12) gives [{"item": "scores a score", "expected": "99.9", "found": "71.2"}].
    """
    return fire.brain.rows(FalseFact, "false_facts_of_draft", draft_id=draft_id)


@tool
def judge_draft(fire: Fire, draft_id: int, verdict: Verdict, reason: str) -> JudgedDraft:
    """Gives the verdict on another's draft, once. A draft with a false fact cannot be approved.

    Example: judge_draft(draft_id=12, verdict="rejected", reason="a scores 71.2, the draft says 99.9").
    """
    fire.brain.run("judge_draft", session_id=fire.session_id, draft_id=draft_id, verdict=verdict, reason=reason)
    fire.learn("judged", f"draft {draft_id}: {verdict}: {reason}", draft=draft_id)
    return {"draft_id": draft_id, "status": verdict}
