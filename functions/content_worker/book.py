"""content_worker by the book: each content task becomes a draft made of its topic's facts, or a reason for none."""

from functools import partial

from company.errors import Refused, ToolError
from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.outcomes import Done, Outcome, TaskClose
from company.tasks import HeldTask, attempt
from company.tools.tasks import claim_task
from company.wording import counted
from content_worker.tools import last_draft, topic_facts, write_draft

RESERVE_SECONDS = 30


def preflight(fire: Fire) -> str | None:
    """A reason to rest: no task and no mail waits."""
    waiting = fire.brain.one("waiting_for_me") or {}
    return None if waiting.get("tasks") or waiting.get("mail") else "no content task waits"


def work(fire: Fire) -> Outcome:
    """Claims, drafts and ends tasks, until none is left or the time is nearly spent."""
    closes: list[TaskClose] = []
    while fire.budget.seconds_left() > RESERVE_SECONDS:
        task = fire.use(claim_task, mode="content")
        if task is None:
            break
        closes.append(attempt(task, partial(draft, fire, task)))
    drafts, facts = (sum(int(str(close.result.get(name, 0))) for close in closes) for name in ("drafts", "facts"))
    evidence = {"tasks": len(closes), "drafts": drafts, "facts": facts}
    note = f"{counted(len(closes), 'task')} worked: {counted(drafts, 'draft')} with {counted(facts, 'fact')} cited."
    return Done(evidence, note=note if closes else "", closes=tuple(closes))


def draft(fire: Fire, task: HeldTask) -> TaskClose:
    """One topic. What the book cannot draft goes to the editor, untouched."""
    topic = task.payload.get("topic")
    if task.payload.get("kind") != "draft" or not topic:
        action = "tell which topic this task is about; the book drafts topics and nothing else"
        return TaskClose(task.id, "blocked", blocked_on=fire.record.reports_to, blocked_action=action)
    try:
        told = fire.use(topic_facts, topic=topic)
    except ToolError as error:
        return TaskClose(task.id, "blocked", blocked_on=fire.record.reports_to, blocked_action=f"end it: {error}")
    if not told["keys"]:
        return TaskClose(task.id, "complete", {"drafts": 0, "reason": "there is nothing to tell of this topic today"})
    last = fire.use(last_draft, topic=topic)
    if last and last["keys"] == told["keys"]:
        return TaskClose(task.id, "complete", {"drafts": 0, "reason": f"nothing new since draft {last['id']}"})
    words = {name: told[name] for name in ("kind", "title", "body", "facts")}
    try:
        written = fire.use(write_draft, topic=topic, task_id=task.id, **words)
    except Refused as refused:
        if refused.rule == "a_draft_cites_what_is_in_force":
            # A score moved between reading and writing: the next fire reads it anew.
            return TaskClose(task.id, "pending", {"drafts": 0, "reason": str(refused)})
        # The topic's own words hold a figure that nothing stands behind: only who owns the topic can mend that.
        action = f"have the words of {topic} mended: {refused}"
        return TaskClose(task.id, "blocked", blocked_on=fire.record.reports_to, blocked_action=action)
    return TaskClose(task.id, "complete", {"drafts": 1, "draft": written["draft_id"], "facts": len(told["facts"])})


ROLE = RoleCode(work=work, preflight=preflight)
