"""What only build_auditor does: see which changes wait, try one on a copy of the code, and record the verdict."""

from dataclasses import dataclass
from typing import Literal

from build_auditor.code_facts import CodeFacts
from build_auditor.page_code_facts import PageCodeFacts
from build_auditor.skill_trial import PageFacts
from build_auditor.statement_facts import StatementFacts
from build_auditor.trial import try_change
from company.errors import ToolError
from company.fire.fire import Fire
from company.json_values import JsonObject
from company.sandbox.changes import Change, ChangeInFull
from company.tools import reading_tool, tool

ChangeVerdict = Literal["proved", "refused"]


@dataclass(frozen=True)
class LastTrial:
    """The figures of this session's last trial of a change, and the task that the change is for."""

    facts: JsonObject
    task_id: int | None


@reading_tool
def changes_waiting(fire: Fire) -> list[Change]:
    """Lists changes that nobody has judged yet, oldest first.

    Example: changes_waiting() gives [{"id": 3, "subject": "x", "title": "x: a comes as A", "author": "build_worker"}].
    """
    return fire.brain.rows(Change, "changes_by_status", status="proposed")


@tool
def prove_change(fire: Fire, change_id: int) -> CodeFacts | PageFacts | StatementFacts | PageCodeFacts:
    """Tries a change on a copy of the deployed code, without network and credentials, and says what each step showed.

    failed_without, passed_with: its own test, 1 or 0. rows, rows_before: of the document that could not be read, and of
    the last good one. keys_kept: share of the last good document's keys. others, others_differing: every document in
    force, read before and after. error: of the step that failed. Nothing is deployed and nothing is recorded.
    Example: prove_change(change_id=3) gives {"failed_without": 1, "passed_with": 1, "rows": 396, ...}.
    """
    change = fire.brain.row(ChangeInFull, "change_in_full", change_id=change_id)
    if change is None:
        raise ToolError(f"there is no change {change_id}")
    facts = try_change(fire, change)
    about = {"about_task": change.task_id, "change_id": change_id}
    fire.learn("tried", f"C-{change_id} tried on a copy", **about, **vars(facts))
    return facts


@tool
def judge_change(fire: Fire, change_id: int, status: ChangeVerdict, verdict: str) -> dict[str, int | str]:
    """Records your verdict on a change, once and for good, with the figures of your own trial of it in this session.

    Example: judge_change(change_id=3, status="refused", verdict="its own test passed without the change").
    """
    trial = fire.brain.row(LastTrial, "last_trial", session_id=fire.session_id, change_id=change_id)
    if trial is None:
        raise ToolError(f"C-{change_id} was not tried in this session: prove_change comes first")
    fire.brain.run(
        "judge_change",
        change_id=change_id,
        session_id=fire.session_id,
        status=status,
        verdict=verdict,
        evidence=trial.facts,
    )
    fire.learn("judged", f"C-{change_id} {status}: {verdict}", about_task=trial.task_id, change_id=change_id)
    return {"change_id": change_id, "status": status}
