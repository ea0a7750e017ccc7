"""memory_worker by the book: turns what failed since its last fire into lessons that cite sessions; rewrites pages."""

from collections.abc import Mapping
from functools import partial

from company.fire.apart import each
from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.outcomes import Done, Outcome
from company.tasks import FiledTask
from company.text.wording import counted, day_and_time
from company.tools.tasks import file_task
from company.watch.lessons import Lesson
from memory_worker.tools import (
    Mistake,
    Mistakes,
    Recurrence,
    live_lessons,
    mistakes_of_span,
    retire_lesson,
    write_lesson,
    write_memory,
)

RECURS_FROM = 3
RECURS_ON_DAYS = 2


def work(fire: Fire) -> Outcome:
    """Reads every night; the note of a day without failures says so."""
    seen = fire.use(mistakes_of_span)
    evidence = record_mistakes(fire, seen)
    return Done(evidence, note=write_note(day_and_time(seen.since, fire.settings.owner_timezone, fire.now), evidence))


def duties(fire: Fire, _: Done) -> dict[str, int]:
    """What must not depend on the model: mistakes that it left out, causes and pages. Its lessons are kept."""
    causes = record_mistakes(fire, fire.use(mistakes_of_span))["root_causes"]
    return {"duty_root_causes": causes} if causes else {}


def record_mistakes(fire: Fire, seen: Mistakes) -> dict[str, int]:
    """Every mistake as a lesson, every lesson that is over retired, every page about which something changed."""
    made = {mistake_key(mistake): mistake for mistake in seen.mistakes}
    known = {mistake_key(lesson): lesson for lesson in fire.use(live_lessons)}
    record = partial(record_mistake, fire, known)
    causes = each(fire, "mistakes", made.values(), record, name=lambda m: f"{m.role} {m.signature}")
    # A night that reads several days meets mistakes that have stopped since.
    kept = [lesson for lesson in fire.use(live_lessons) if not lesson.has_left or mistake_key(lesson) not in made]
    tried = each(fire, "lessons", kept, partial(retire, fire), name=lambda lesson: f"lesson {lesson.id}")
    retired = [lesson for lesson in tried if lesson is not None]
    changed = retired + [lesson for lesson in known.values() if lesson.done_at]
    pages = write_pages(fire, {role for role, _ in made} | {lesson.role for lesson in changed})
    return {
        "sessions": seen.sessions,
        "log_lines": seen.lines,
        "failures": seen.failures,
        "mistakes": len(made) + seen.left_out,
        "lessons": len(causes),
        "root_causes": sum(causes),
        "retired": len(retired),
        "pages": pages,
    }


def mistake_key(about: Mistake | Lesson) -> tuple[str, str]:
    """A mistake is known by its role and its signature, and so is its lesson."""
    return about.role, about.signature


def record_mistake(fire: Fire, lessons: Mapping[tuple[str, str], Lesson], mistake: Mistake) -> int:
    """One mistake as a lesson; 1 when it recurs and a new root-cause task was filed."""
    known = lessons.get(mistake_key(mistake))
    text = f"{mistake.kind.replace('_', ' ')}: {mistake.message}"[:400]
    if known and set(mistake.sessions) <= set(known.sessions):
        # Written tonight already, by a model, whose text is better.
        text = known.lesson
    if not recurs(keep_lesson(fire, mistake, text)):
        return 0
    filed = file_cause(fire, mistake, sorted({*mistake.sessions, *(known.sessions if known else ())}))
    if filed.is_new:
        keep_lesson(fire, mistake, text, filed.task_id)
    return int(filed.is_new)


def keep_lesson(fire: Fire, mistake: Mistake, text: str, task_id: int | None = None) -> Recurrence:
    return fire.use(
        write_lesson,
        role=mistake.role,
        signature=mistake.signature,
        lesson=text,
        sessions=list(mistake.sessions),
        task_id=task_id,
    )


def recurs(seen: Recurrence) -> bool:
    """One mistake has one root cause; another is looked for only when it came back as often after that was closed."""
    if seen.is_cause_alive:
        return False
    times = seen.times_after if seen.had_cause else seen.times
    return times >= RECURS_FROM or (times >= RECURS_ON_DAYS and seen.days >= RECURS_ON_DAYS)


def file_cause(fire: Fire, mistake: Mistake, sessions: list[int]) -> FiledTask:
    """One task for the cause, however often the mistake is made again."""
    role, mark = mistake.role, mistake.signature
    return fire.use(
        file_task,
        mode="build",
        title=f"Find why {role} fails the same way: {mark}"[:200],
        payload={"kind": "root_cause", "role": role, "signature": mark, "sessions": sessions[-20:]},
        priority=4,
        dedupe_key=f"root_cause:{role}:{mark}",
    )


def retire(fire: Fire, lesson: Lesson) -> Lesson | None:
    """A lesson whose mistake stopped, or whose role left, is no longer read at every boot; None where it goes on."""
    if not lesson.over:
        return None
    fire.use(retire_lesson, lesson_id=lesson.id, reason=lesson.over)
    return lesson


def write_pages(fire: Fire, roles: set[str]) -> int:
    """The pages of the roles about which something changed."""
    return len(each(fire, "pages", sorted(roles), lambda role: fire.use(write_memory, role=role)))


def write_note(since: str, figures: Mapping[str, int]) -> str:
    return (
        f"{counted(figures['sessions'], 'session')} and {counted(figures['log_lines'], 'log line')} since {since} "
        f"read; {counted(figures['failures'], 'failure')}, {counted(figures['mistakes'], 'mistake')}; "
        f"{counted(figures['lessons'], 'lesson')} written, {counted(figures['root_causes'], 'root cause')} filed, "
        f"{figures['retired']} retired."
    )


ROLE = RoleCode(work=work, duties=duties)
