"""content_worker by the book: each content task becomes a draft from its topic's facts, or a reason for none."""

from functools import partial

from company.errors import Refused, ToolError
from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.outcomes import Done, Outcome, TaskClose
from company.tasks import HeldTask, waiting_for, work_by_tens
from company.text.wording import counted
from content_worker.tools import TopicFacts, last_draft, topic_facts, write_draft

RESERVE_SECONDS = 30


def preflight(fire: Fire) -> str | None:
    """A reason to skip: no task and no mail waits."""
    waiting = waiting_for(fire)
    return None if waiting.tasks or waiting.mail else "no content task waits"


def work(fire: Fire) -> Outcome:
    """Claims, drafts and ends tasks, until none is left or the time is nearly spent."""
    worked = work_by_tens(fire, "content", partial(draft, fire), reserve_seconds=RESERVE_SECONDS)
    closes = worked.closes
    drafts, facts = (sum(int(str(close.result.get(name, 0))) for close in closes) for name in ("drafts", "facts"))
    evidence = {"tasks": len(closes), "drafts": drafts, "facts": facts}
    note = f"{counted(len(closes), 'task')} worked: {counted(drafts, 'draft')} with {counted(facts, 'fact')} cited."
    return Done(evidence, note=note if closes else "", closes=worked.to_close)


def draft(fire: Fire, task: HeldTask) -> TaskClose:
    """One topic. What the book cannot draft is blocked on the editor."""
    topic = task.payload.get("topic")
    if task.payload.get("kind") != "draft" or not topic:
        return _blocked(fire, task, "say which topic this task is about; the book drafts topics and nothing else")
    try:
        found = fire.use(topic_facts, topic=topic)
    except ToolError as error:
        return _blocked(fire, task, f"end it: {error}")
    if not found.keys:
        return _without_draft(task, "there is nothing to write about this topic today")
    last = fire.use(last_draft, topic=topic)
    if last and last.keys == found.keys:
        return _without_draft(task, f"nothing new since draft {last.id}")
    return _write(fire, task, topic, found)


def _write(fire: Fire, task: HeldTask, topic: str, found: TopicFacts) -> TaskClose:
    try:
        written = fire.use(
            write_draft,
            topic=topic,
            kind=found.kind,
            title=found.title,
            body=found.body,
            facts=[dict(fact) for fact in found.facts],
            task_id=task.id,
        )
    except Refused as refused:
        if refused.rule == "a_draft_cites_what_is_in_force":
            # A score changed between reading and writing: the next fire reads it again.
            return TaskClose(task.id, "pending", {"drafts": 0, "reason": str(refused)})
        # The topic's own text has a figure that no fact supports: only the owner of the topic can correct that.
        return _blocked(fire, task, f"have the text of {topic} corrected: {refused}")
    return TaskClose(task.id, "complete", {"drafts": 1, "draft": written["draft_id"], "facts": len(found.facts)})


def _blocked(fire: Fire, task: HeldTask, action: str) -> TaskClose:
    return TaskClose(task.id, "blocked", blocked_on=fire.record.reports_to, blocked_action=action)


def _without_draft(task: HeldTask, reason: str) -> TaskClose:
    return TaskClose(task.id, "complete", {"drafts": 0, "reason": reason})


ROLE = RoleCode(work=work, preflight=preflight)
