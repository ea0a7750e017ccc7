"""What only research_manager does: see the proposals beside what their studies ask for, and judge them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, TypedDict

from company.fire.fire import Fire
from company.tools import by_need, reading_tool, tool
from company.vertical.research import OwnerQuestion, below_least, failed_backtest

Numbers = Mapping[str, float]
Verdict = Literal["accepted", "declined"]


class JudgedProposal(TypedDict):
    """A proposal and its status after the verdict."""

    proposal_id: int
    status: Verdict


@dataclass(frozen=True)
class Proposal:
    """A proposal that nobody has judged. past: what the same rule was worth at earlier moments."""

    id: int
    study: str
    subject: str
    title: str
    remark: str
    numbers: Numbers
    past: Numbers
    weights: Numbers | None
    looked_at: int
    proposed_by: str
    proposed_at: datetime


@dataclass(frozen=True)
class OpenProposal(Proposal):
    """The same beside its study: what its numbers miss, and the question to the owner, if it would become one."""

    missing: Sequence[str]
    question: OwnerQuestion | None


@dataclass(frozen=True)
class ProposalFigures:
    """Proposals in numbers, and how many things research looked at."""

    proposed: int
    accepted: int
    declined: int
    waiting: int
    looked_at: int


@reading_tool
def open_proposals(fire: Fire) -> list[OpenProposal]:
    """Lists proposals without a verdict, each with what its numbers still miss and the question it would become.

    missing: what the study asks for before anything is done, and whether the same rule failed before. past: its
    backtest: earlier moments tried, calls made, and how many held. remark: its author's text, to be judged as well.
    question: null where a worthy pattern becomes a task.
    Example: open_proposals() gives [{"id": 3, "numbers": {"n": 4}, "past": {"moments": 6, "calls": 4, "held": 3},
    "missing": ["n is 4 and not 5"], "question": null, ...}].
    """
    return [_beside_its_study(fire, proposal) for proposal in fire.brain.rows(Proposal, "open_proposals")]


@tool
def judge_proposal(
    fire: Fire,
    proposal_id: int,
    status: Verdict,
    verdict: str,
    task_id: int | None = None,
    decision_id: int | None = None,
) -> JudgedProposal:
    """Records your verdict on a proposal, once, with the reason; an accepted one names the task or decision it became.

    Example: judge_proposal(proposal_id=3, status="declined", verdict="recent is 4 and not 5").
    """
    judged = {"status": status, "verdict": verdict, "task_id": task_id, "decision_id": decision_id}
    fire.brain.run("judge_proposal", proposal_id=proposal_id, **judged)
    fire.learn("judged", f"P-{proposal_id} {status}: {verdict}", proposal_id=proposal_id)
    return {"proposal_id": proposal_id, "status": status}


@by_need
@reading_tool
def proposal_figures(fire: Fire, hours: int = 24) -> ProposalFigures:
    """Counts proposals of the last hours by their fate, those that wait, and the things that research looked at.

    Example: proposal_figures(hours=24) gives {"proposed": 2, "accepted": 1, "waiting": 0, "looked_at": 412}.
    """
    figures = fire.brain.row(ProposalFigures, "proposal_figures", since=fire.now - timedelta(hours=hours))
    assert figures is not None, "proposal_figures always gives a row"
    return figures


def _beside_its_study(fire: Fire, proposal: Proposal) -> OpenProposal:
    """A proposal of a study that the product no longer has is worth nothing any more."""
    study = next((s for s in fire.vertical.research if s.name == proposal.study), None)
    if study is None:
        return OpenProposal(**vars(proposal), missing=["the product no longer asks this"], question=None)
    question = None
    if study.question:
        text = study.question.question.format(subject=proposal.subject, **proposal.numbers)
        question = replace(study.question, question=text)
    lacks = below_least(proposal.numbers, study.worth) + failed_backtest(proposal.past)
    return OpenProposal(**vars(proposal), missing=lacks, question=question)
