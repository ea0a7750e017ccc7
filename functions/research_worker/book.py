"""research_worker by the book: runs every study of the product once a day and proposes what is large enough."""

from collections import Counter
from functools import partial
from operator import itemgetter

from company.errors import Refused
from company.fire.apart import each
from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.outcomes import Done, Outcome, Skipped, TaskClose
from company.tasks import HeldTask, WorkedTasks, work_by_tens
from company.text.wording import counted, join_with_and
from company.vertical.research import below_least
from research_worker.tools import StudySummary, list_studies, propose, run_study

RESERVE_SECONDS = 40.0


def work(fire: Fire) -> Outcome:
    """Runs all studies, then measures again what tasks ask for."""
    # The book has no ideas of its own: other weights are for a model, or for a person.
    studies = [study for study in fire.use(list_studies) if not study["is_of_weights"]]
    if not studies:
        return Skipped("the product asks its data nothing")
    done: Counter[str] = Counter(studies=0, looked_at=0, proposals=0, known=0)
    run = partial(run_and_propose, fire, done)
    proposed = [title for titles in each(fire, "studies", studies, run, name=itemgetter("name")) for title in titles]
    worked = follow_up(fire)
    note = (
        f"{counted(done['studies'], 'study', 'studies')} asked of {counted(done['looked_at'], 'thing')}, "
        f"{counted(done['proposals'], 'new proposal')}" + (f": {join_with_and(proposed)}" if proposed else "")
    )
    return Done({**done, "tasks": len(worked.closes)}, note=f"{note}.", closes=worked.to_close)


def run_and_propose(fire: Fire, done: Counter[str], study: StudySummary) -> list[str]:
    """One study; gives the titles of what is newly proposed."""
    rows = fire.use(run_study, study=study["name"])
    done["studies"] += 1
    done["looked_at"] += rows[0].looked_at if rows else 0
    large = [row for row in rows if not below_least(row.numbers, study["smallest"])]
    proposed = each(
        fire,
        "proposals",
        large,
        lambda row: fire.use(propose, backtest_id=row.backtest_id),
        name=lambda row: row.subject,
    )
    titles = [proposal.title for proposal in proposed if proposal.is_new]
    done["proposals"] += len(titles)
    done["known"] += len(proposed) - len(titles)
    return titles


def follow_up(fire: Fire) -> WorkedTasks:
    """Tasks that ask for a pattern to be measured again."""
    return work_by_tens(fire, "research", partial(measure_again, fire), reserve_seconds=RESERVE_SECONDS)


def measure_again(fire: Fire, task: HeldTask) -> TaskClose:
    """The numbers of then beside those of now; what the book cannot measure is blocked on the manager."""
    payload = task.payload
    if payload.get("kind") != "measure_again":
        action = f"say what a task of kind {payload.get('kind')} asks to be measured; the book does not know it"
        return TaskClose(task.id, "blocked", blocked_on=fire.record.reports_to, blocked_action=action)
    try:
        rows = {row.subject: row.numbers for row in fire.use(run_study, study=payload["study"])}
    except Refused as error:
        return TaskClose(task.id, "failed", {"reason": str(error)})
    then, now = payload["numbers"], dict(rows.get(payload["subject"], {}))
    showed = join_with_and([f"{name} {was:g} then, {now.get(name, 0):g} now" for name, was in then.items()])
    return TaskClose(task.id, "complete", {"then": then, "now": {**now}, "showed": f"{payload['subject']}: {showed}"})


ROLE = RoleCode(work=work)
