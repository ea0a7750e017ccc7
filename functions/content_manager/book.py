"""content_manager by the book: has each topic drafted when due, keeps the queue fresh, and closes with a note."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from company.fire.apart import each
from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.outcomes import Done, Outcome
from company.tasks import Task
from company.text.manager_notes import closing_note, some
from company.text.wording import counted
from company.tools.findings import close_finding, my_findings
from company.tools.tasks import file_task, list_tasks, sort_task, task_figures
from company.watch.finding_records import Finding
from company.watch.verifying import verify_one, with_doubt
from company.watch.watching import WatchResult, answer_findings, answer_remaining
from content_manager.tools import QueuedDraft, draft_figures, list_drafts, list_topics, supersede_draft

OLD_AFTER = timedelta(days=3)


def work(fire: Fire) -> Outcome:
    """Never skips: a quiet queue is reported as quiet."""
    watched = answer_findings(fire, {"false_fact": answer_false_fact})
    mine, topics, drafts = fire.use(my_findings), fire.use(list_topics), fire.use(list_drafts)
    names = {topic.name for topic in topics}
    closed = sum(each(fire, "answered findings", mine, partial(close_answered, fire), name=lambda f: f"F-{f.id}"))
    superseded = sum(each(fire, "drafts", drafts, partial(supersede, fire), name=lambda draft: f"draft {draft.id}"))
    end = partial(end_stale, fire, names)
    stale = sum(each(fire, "open tasks", open_tasks(fire), end, name=lambda task: f"task {task.id}"))
    due = [topic.name for topic in topics if topic.is_due]
    filed = sum(each(fire, "topics", due, partial(file_draft, fire)))
    figures = queue_figures(fire) | {
        "topics": len(topics),
        "filed": filed,
        "superseded": superseded,
        "stale_tasks": stale,
    }
    verified = verify_one(fire)
    evidence = figures | {"false_facts_settled": closed} | verified | watched.evidence
    return Done(evidence, note=with_doubt(write_note(figures, watched), verified))


def duties(fire: Fire, _: Done) -> dict[str, int]:
    """What must not depend on the model: findings and mail that still wait are answered."""
    return answer_remaining(fire, {"false_fact": answer_false_fact})


def answer_false_fact(fire: Fire, finding: Finding) -> str:
    """Has it written again from today's facts; a topic that the product no longer has is dropped."""
    topic = str(finding.evidence.get("topic"))
    if topic not in {known.name for known in fire.use(list_topics)}:
        return f"{finding.subject} stays rejected: {topic} is no topic of ours to write again."
    file_draft(fire, topic)
    return f"{finding.subject} stays rejected; {topic} is written again from today's facts."


def close_answered(fire: Fire, finding: Finding) -> int:
    """A false fact is over once the draft is out of the queue and its topic is asked for again."""
    if finding.kind != "false_fact" or finding.answered_at is None:
        return 0
    return int(fire.use(close_finding, finding_id=finding.id, resolution=finding.answer or "")["closed"])


def supersede(fire: Fire, draft: QueuedDraft) -> int:
    """A draft in work that has a newer one, or is too old, leaves the queue."""
    if draft.status not in ("drafted", "audited"):
        return 0
    age = fire.now - draft.written_at
    if draft.has_successor:
        reason = f"a newer draft of {draft.topic} is there"
    elif age > OLD_AFTER and draft.kind == "post":
        reason = f"written {counted(age.days, 'day')} ago; its facts are of that day"
    else:
        return 0
    fire.use(supersede_draft, draft_id=draft.id, reason=reason)
    return 1


def open_tasks(fire: Fire) -> list[Task]:
    return [task for status in ("pending", "blocked") for task in fire.use(list_tasks, mode="content", status=status)]


def end_stale(fire: Fire, topics: set[str], task: Task) -> int:
    """Nobody drafts a topic that the product no longer has."""
    topic = task.payload.get("topic")
    if task.payload.get("kind") != "draft" or topic in topics:
        return 0
    fire.use(sort_task, task_id=task.id, becomes="stale", reason=f"{topic} is no topic any more")
    return 1


def file_draft(fire: Fire, topic: str) -> int:
    """One live task per topic, however often this runs."""
    filed = fire.use(
        file_task,
        mode="content",
        title=f"Draft {topic.replace('_', ' ')}",
        payload={"kind": "draft", "topic": topic},
        dedupe_key=f"draft:{topic}",
    )
    return int(filed.is_new)


def queue_figures(fire: Fire) -> dict[str, int]:
    """The editorial queue in numbers of the last day."""
    tasks, drafts = fire.use(task_figures), fire.use(draft_figures)
    return {"tasks_open": tasks.open, "tasks_completed": tasks.completed, **vars(drafts)}


def write_note(figures: Mapping[str, int], watched: WatchResult) -> str:
    """The closing note: what was published and judged, what is next, then the queue in figures."""
    changed = [
        *(f"{posts} published" for posts in some(figures["published"], "post")),
        *(f"{posts} corrected" for posts in some(figures["corrected"], "post")),
        *(f"{drafts} rejected" for drafts in some(figures["rejected"], "draft")),
    ]
    coming = [
        *(f"publish sends {posts}" for posts in some(figures["to_publish"], "audited post")),
        *(f"content_auditor judges {drafts}" for drafts in some(figures["waiting"], "draft")),
        *(f"content_worker writes {topics}" for topics in some(figures["filed"], "topic")),
    ]
    numbers = [
        f"{counted(figures['written'], 'draft')} written in 24 h, {figures['audited']} audited",
        f"{counted(figures['letters'], 'letter')} drafted, none sent",
        f"{figures['filed']} of {counted(figures['topics'], 'topic')} asked for, {figures['superseded']} superseded",
        *(f"{asked} to the owner" for asked in some(watched.asked, "question")),
    ]
    return closing_note(changed, coming, numbers)


ROLE = RoleCode(work=work, duties=duties)
