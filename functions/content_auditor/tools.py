"""What only content_auditor does: look up what a draft cites, and give the verdict."""

from typing import Any, Literal

from company.fire.fire import Fire
from company.json_values import json_rows
from company.tools import reading_tool, tool

DraftVerdict = Literal["audited", "rejected"]


@reading_tool
def drafts_to_judge(fire: Fire, limit: int = 20) -> list[dict[str, Any]]:
    """Lists drafts that wait for a verdict, oldest first, with every fact that they cite.

    Example: drafts_to_judge() gives [{"id": 12, "topic": "x", "title": "...", "body": "...", "facts": [...]}].
    """
    return json_rows(fire.brain.all("drafts_to_judge", limit=min(limit, 100)))


@reading_tool
def false_facts(fire: Fire, draft_id: int) -> list[dict[str, Any]]:
    """Looks up each fact that a draft cites and lists those that are not what is in force at this moment.

    Example: false_facts(draft_id=12) gives [{"item": "scores a score", "expected": "99.9", "found": "71.2"}].
    """
    return json_rows(fire.brain.all("false_facts_of_draft", draft_id=draft_id))


@tool
def judge_draft(fire: Fire, draft_id: int, verdict: DraftVerdict, reason: str) -> dict[str, Any]:
    """Gives the verdict on another's draft, once. A draft with a false fact cannot be blessed.

    Example: judge_draft(draft_id=12, verdict="rejected", reason="a scores 71.2, the draft says 99.9").
    """
    fire.brain.run("judge_draft", session_id=fire.session_id, draft_id=draft_id, verdict=verdict, reason=reason)
    fire.learn("judged", f"draft {draft_id}: {verdict}: {reason}", draft=draft_id)
    return {"draft_id": draft_id, "status": verdict}
