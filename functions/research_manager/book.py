"""research_manager by the book: each proposal against what its study asks for; then a task, a question, or a no."""

from collections import Counter
from datetime import timedelta
from typing import Any

from company.outcomes import Done, Outcome
from company.session import Fire
from company.watching import answer_findings
from company.words import count, sentence

MEASURED_AGAIN_AFTER = timedelta(days=7)


def work(fire: Fire) -> Outcome:
    """Never skips: a day without a proposal is told with how much was looked at."""
    watched = answer_findings(fire)
    acted = sum(act_on(fire, decision) for decision in fire.use("my_answered_decisions"))
    verdicts: Counter[str] = Counter(tasks=0, questions=0, declined=0)
    told = [judge(fire, proposal, verdicts) for proposal in fire.use("open_proposals")]
    figures, tasks = fire.use("proposal_figures"), fire.use("task_figures")
    evidence = {
        "judged": verdicts.total(),
        **verdicts,
        "acted": acted,
        "looked_at": figures["looked_at"],
        "waiting": figures["waiting"],
        "tasks_open": tasks["open"],
        **watched.evidence,
    }
    return Done(evidence, note=write_note(evidence, told))


def judge(fire: Fire, proposal: dict[str, Any], verdicts: Counter[str]) -> str:
    """By its numbers and by nothing else."""
    if proposal["missing"]:
        verdicts["declined"] += 1
        verdict = f"too small to act on: {sentence(proposal['missing'])}"
        fire.use("judge_proposal", proposal_id=proposal["id"], status="declined", verdict=verdict)
        return f"{proposal['title']} (declined: {sentence(proposal['missing'])})"
    if proposal["question"] is None:
        verdicts["tasks"] += 1
        task = measure_later(fire, proposal)
        accept(fire, proposal, f"large enough; task {task} measures it again in a week", task_id=task)
        return f"{proposal['title']} (task {task})"
    verdicts["questions"] += 1
    asked = ask(fire, proposal)
    accept(fire, proposal, f"large enough to ask the owner: D-{asked}", decision_id=asked)
    return f"{proposal['title']} (D-{asked})"


def accept(fire: Fire, proposal: dict[str, Any], verdict: str, **leads_to: int) -> None:
    fire.use("judge_proposal", proposal_id=proposal["id"], status="accepted", verdict=verdict, **leads_to)


def measure_later(fire: Fire, proposal: dict[str, Any]) -> int:
    """A pattern that goes on is one; a task in a week says whether it did."""
    filed = fire.use(
        "file_task",
        mode="research",
        title=f"Measure again: {proposal['title']}",
        payload={"kind": "measure_again", **{name: proposal[name] for name in ("study", "subject", "numbers")}},
        dedupe_key=f"measure:{proposal['study']}:{proposal['subject']}",
        not_before=fire.now + MEASURED_AGAIN_AFTER,
    )
    return int(filed["task_id"])


def ask(fire: Fire, proposal: dict[str, Any]) -> int:
    """One question with the figures in it."""
    question = proposal["question"]
    asked = fire.use(
        "ask_decision",
        fingerprint=f"research:{proposal['study']}:{proposal['subject']}",
        question=question["question"],
        background=f"{proposal['title']}. Looked at: {proposal['looked_at']:,}.",
        unknown=question["unknown"],
        options=question["options"],
        recommendation=question["recommendation"],
        default_option=question["default_option"],
        subject={name: proposal[name] for name in ("study", "subject", "numbers", "title")}
        | {"acts_on": question["acts_on"]},
    )
    return int(asked["decision_id"])


def act_on(fire: Fire, decision: dict[str, Any]) -> int:
    """The owner's answer to one of these questions; answers about schedules are the watch's."""
    subject = decision["subject"]
    if "study" not in subject:
        return 0
    outcome = "left as it is"
    if decision["answer"] == subject["acts_on"]:
        outcome = f"task {measure_later(fire, subject)} looks into it"
    fire.use("note_decision_acted", decision_id=decision["id"], outcome=outcome)
    return 1


def write_note(evidence: dict[str, Any], told: list[str]) -> str:
    """What was judged, and of how much."""
    if not told:
        return f"no proposal; {evidence['looked_at']:,} things looked at; {count(evidence['tasks_open'], 'task')} open."
    verdicts = f"{evidence['tasks']} to a task, {evidence['questions']} to the owner, {evidence['declined']} declined"
    return (
        f"{count(len(told), 'proposal')} of {evidence['looked_at']:,} things looked at: {verdicts}: {'; '.join(told)}."
    )
