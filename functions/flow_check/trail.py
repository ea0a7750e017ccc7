"""Whether each line of the queue's trail is of a task that is there: no foreign key asks that at each line."""

from dataclasses import dataclass

from company.fire.fire import Fire
from company.text.wording import counted
from company.watch.findings import close_finding, my_open_finding, open_finding

FINGERPRINT = "trail:tasks"


@dataclass(frozen=True)
class LostTasks:
    """How many lines of the trail have no task, and the first of these tasks; None where there is none."""

    events: int
    first_task: int | None


def check_trail(fire: Fire) -> LostTasks:
    """Opens a finding for the data_manager where lines have no task, and closes it when all have one again."""
    lost = fire.brain.row(LostTasks, "events_without_task")
    assert lost is not None, "a count always answers"
    if lost.events:
        open_finding(
            fire.brain,
            fingerprint=FINGERPRINT,
            kind="trail_without_task",
            subject="task_events",
            level="today",
            title=f"{counted(lost.events, 'line is', 'lines are')} in the tasks' trail of tasks that are not there",
            effect="why a task ended cannot be read beside the task; somebody changed the brain by hand",
            evidence={"lines": lost.events, "first_task": lost.first_task},
            watcher="data_manager",
        )
    elif finding := my_open_finding(fire.brain, FINGERPRINT):
        close_finding(fire.brain, finding.id, "each line has its task again")
    return lost
