"""What only research_manager does: see the proposals beside what their studies ask for, and judge them."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any, Literal

from company.fire.fire import Fire
from company.json_values import json_ready
from company.tools import reading_tool, tool
from company.vertical.research import below_least, failed_backtest


@reading_tool
def open_proposals(fire: Fire) -> list[dict[str, Any]]:
    """Lists proposals without a verdict, each with what its numbers still miss and the question it would become.

    missing: what the study asks for before anything is done, and whether the same rule failed before. past: its
    backtest: earlier moments tried, calls made, and how many held. remark: its author's word, to be judged as well.
    question: null where a worthy pattern becomes a task.
    Example: open_proposals() gives [{"id": 3, "numbers": {"n": 4}, "past": {"moments": 6, "calls": 4, "held": 3},
    "missing": ["n is 4 and not 5"], "question": null, ...}].
    """
    return [_described(fire, json_ready(row)) for row in fire.brain.all("open_proposals")]


@tool
def judge_proposal(
    fire: Fire,
    proposal_id: int,
    status: Literal["accepted", "declined"],
    verdict: str,
    task_id: int | None = None,
    decision_id: int | None = None,
) -> dict[str, Any]:
    """Records your verdict on a proposal, once, with the reason; an accepted one names the task or decision it became.

    Example: judge_proposal(proposal_id=3, status="declined", verdict="recent is 4 and not 5").
    """
    judged = {"status": status, "verdict": verdict, "task_id": task_id, "decision_id": decision_id}
    fire.brain.run("judge_proposal", proposal_id=proposal_id, **judged)
    fire.learn("judged", f"P-{proposal_id} {status}: {verdict}", proposal_id=proposal_id)
    return {"proposal_id": proposal_id, "status": status}


@reading_tool
def proposal_figures(fire: Fire, hours: int = 24) -> dict[str, int]:
    """Counts proposals of the last hours by their fate, those that wait, and the things that research looked at.

    Example: proposal_figures(hours=24) gives {"proposed": 2, "accepted": 1, "waiting": 0, "looked_at": 412}.
    """
    return dict(fire.brain.one("proposal_figures", since=fire.now - timedelta(hours=hours)) or {})


def _described(fire: Fire, row: dict[str, Any]) -> dict[str, Any]:
    """A proposal of a study that the product no longer has is worth nothing any more."""
    study = next((s for s in fire.vertical.research if s.name == row["study"]), None)
    if study is None:
        return {**row, "missing": ["the product no longer asks this"], "question": None}
    question = None
    if study.question:
        words = study.question.question.format(subject=row["subject"], **row["numbers"])
        question = {**asdict(study.question), "question": words}
    lacks = below_least(row["numbers"], study.worth) + failed_backtest(row["past"])
    return {**row, "missing": lacks, "question": question}
