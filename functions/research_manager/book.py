"""research_manager by the book: compares each proposal with what its study asks for; then a task, question or no."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from company.fire.apart import each
from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.json_values import JsonObject
from company.outcomes import Done, Outcome
from company.owner.decisions import Decision
from company.text.manager_notes import closing_note, some
from company.text.wording import counted, join_with_and
from company.tools.decisions import ask_decision, my_answered_decisions, note_decision_acted
from company.tools.tasks import file_task, list_tasks, task_figures
from company.vertical.research import OwnerQuestion, describe_backtest
from company.watch.unread import unread_since
from company.watch.verifying import verify_one, with_doubt
from company.watch.watching import answer_findings, answer_remaining
from research_manager.tools import OpenProposal, judge_proposal, open_proposals, proposal_figures

MEASURED_AGAIN_AFTER = timedelta(days=7)
WHAT_IS_ASKED = {"subject", "numbers", "title", "acts_on", "builds"}
WHAT_WAS_FOUND = ("study", "subject", "numbers", "past", "weights")


def work(fire: Fire) -> Outcome:
    """Never skips: the note of a day without a proposal says how much was looked at."""
    watched = answer_findings(fire)
    answered = fire.use(my_answered_decisions)
    acted = sum(each(fire, "answers of the owner", answered, partial(act_on, fire), name=lambda d: f"D-{d.id}"))
    verdicts: Counter[str] = Counter(tasks=0, questions=0, declined=0)
    judge = partial(judge_one, fire, verdicts)
    judged = each(fire, "proposals", fire.use(open_proposals), judge, name=lambda proposal: proposal.title)
    figures, tasks, again = fire.use(proposal_figures), fire.use(task_figures), measured_again(fire)
    evidence = {
        "judged": verdicts.total(),
        **verdicts,
        "acted": acted,
        "looked_at": figures.looked_at,
        "waiting": figures.waiting,
        "measured_again": len(again),
        "tasks_open": tasks.open,
        **(verified := verify_one(fire)),
        **watched.evidence,
    }
    return Done(evidence, note=with_doubt(write_note(evidence, judged, again), verified))


def duties(fire: Fire, _: Done) -> dict[str, int]:
    """What must not depend on the model: findings and mail that still wait are answered."""
    return answer_remaining(fire)


def measured_again(fire: Fire) -> list[str]:
    """What tasks showed that are done since the last fire: the numbers of then beside those of now."""
    since = unread_since(fire, at_least=timedelta(days=1), at_most=timedelta(days=7))
    tasks = fire.use(list_tasks, mode="research", status="complete")
    return [str((task.result or {}).get("showed", "")) for task in tasks if task.closed_at and task.closed_at >= since]


def judge_one(fire: Fire, verdicts: Counter[str], proposal: OpenProposal) -> str:
    """By its numbers and by nothing else."""
    if proposal.missing:
        verdicts["declined"] += 1
        lacks = join_with_and(list(proposal.missing))
        fire.use(judge_proposal, proposal_id=proposal.id, status="declined", verdict=f"not enough to act on: {lacks}")
        return f"{proposal.title} (declined: {lacks})"
    if proposal.question is None:
        verdicts["tasks"] += 1
        task = measure_later(fire, vars(proposal))
        accept(fire, proposal, f"large enough; task {task} measures it again in a week", task_id=task)
        return f"{proposal.title} (task {task})"
    asked = ask(fire, proposal, proposal.question)
    if asked is None:
        return f"{proposal.title} (waits: the questions of this day are asked)"
    verdicts["questions"] += 1
    accept(fire, proposal, f"large enough to ask the owner: D-{asked}", decision_id=asked)
    return f"{proposal.title} (D-{asked})"


def accept(fire: Fire, proposal: OpenProposal, verdict: str, **leads_to: int) -> None:
    fire.use(judge_proposal, proposal_id=proposal.id, status="accepted", verdict=verdict, **leads_to)


def measure_later(fire: Fire, found: JsonObject) -> int:
    """A pattern that goes on is one; a task in a week says whether it did."""
    filed = fire.use(
        file_task,
        mode="research",
        title=f"Measure again: {found['title']}",
        payload={
            "kind": "measure_again",
            "study": found["study"],
            "subject": found["subject"],
            "numbers": found["numbers"],
        },
        dedupe_key=f"measure:{found['study']}:{found['subject']}",
        not_before=fire.now + MEASURED_AGAIN_AFTER,
    )
    return filed.task_id


def ask(fire: Fire, proposal: OpenProposal, question: OwnerQuestion) -> int | None:
    """One question with the figures in it; None where it was set aside, and the proposal waits for another day."""
    asked = fire.use(
        ask_decision,
        fingerprint=f"research:{proposal.study}:{proposal.subject}",
        question=question.question,
        background=background(proposal),
        unknown=question.unknown,
        options=dict(question.options),
        recommendation=question.recommendation,
        default_option=question.default_option,
        subject={name: getattr(proposal, name) for name in (*WHAT_WAS_FOUND, "title")}
        | {"acts_on": question.acts_on, "builds": question.builds},
    )
    return asked.decision_id


def background(proposal: OpenProposal) -> str:
    """What was found, among how much, what the same rule was worth before, and its author's remark."""
    past = describe_backtest(proposal.past)
    found = f"{proposal.title}. Looked at: {proposal.looked_at:,}. {past[:1].upper()}{past[1:]}."
    return f"{found} {proposal.proposed_by}: {proposal.remark}" if proposal.remark else found


def act_on(fire: Fire, decision: Decision) -> int:
    """Carries out the owner's answer to one of these questions; company.owner.asking handles those about schedules."""
    subject = decision.subject
    if "study" not in subject:
        return 0
    outcome = "left as it is"
    if not subject.keys() >= WHAT_IS_ASKED:
        outcome = "nothing done: the question holds no result of a study"
    elif decision.answer == subject["acts_on"]:
        task = have_built(fire, subject) if subject["builds"] else measure_later(fire, subject)
        outcome = f"task {task} {'asks for it' if subject['builds'] else 'measures it again'}"
    fire.use(note_decision_acted, decision_id=decision.id, outcome=outcome)
    return 1


def have_built(fire: Fire, subject: JsonObject) -> int:
    """What the owner wants changed becomes a build task, with the figures that led to it."""
    filed = fire.use(
        file_task,
        mode="build",
        title=f"{subject['builds']}: {subject['title']}",
        payload={"kind": "asked_by_owner", **{name: subject.get(name) for name in WHAT_WAS_FOUND}},
        dedupe_key=f"owner:{subject['study']}",
    )
    return filed.task_id


def write_note(evidence: Mapping[str, int], judged: list[str], again: list[str]) -> str:
    """What was judged of how much, what is next, then each verdict and what was measured again."""
    verdicts = f"{evidence['tasks']} to a task, {evidence['questions']} to the owner, {evidence['declined']} declined"
    changed = [f"{counted(len(judged), 'proposal')} judged: {verdicts}"]
    coming = [
        *(f"{asked} for you" for asked in some(evidence["questions"], "question")),
        *(f"{tasks} measured again when due" for tasks in some(evidence["tasks_open"], "task")),
    ]
    numbers = [f"{counted(evidence['looked_at'], 'thing')} looked at", *judged]
    numbers += [f"measured again: {'; '.join(again)}"] if again else []
    return closing_note(changed if judged else [], coming, numbers)


ROLE = RoleCode(work=work, duties=duties)
