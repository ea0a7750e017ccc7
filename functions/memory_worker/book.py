"""memory_worker by the book: yesterday's failures as lessons that cite their sessions, and each role's page anew."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from company.lessons import signature
from company.outcomes import Done, Outcome
from company.session import Fire
from company.words import count

LOOKS_BACK_HOURS = 24
RECURS_FROM = 3
OVER_AFTER = timedelta(days=14)
MOST_GROUPS = 40
"""Mistakes of one night; more than that is one trouble, and heartbeat's findings tell of it."""


def work(fire: Fire) -> Outcome:
    """Reads every night; a day without failures is remembered as such in the note."""
    seen = fire.use("failures_of_span", hours=LOOKS_BACK_HOURS)
    groups = grouped(seen["failures"])
    known = {(lesson["role"], lesson["signature"]): lesson for lesson in fire.use("live_lessons")}
    causes = [learn(fire, key, failures, known.get(key)) for key, failures in list(groups.items())[:MOST_GROUPS]]
    retired = [lesson for lesson in known.values() if retire(fire, lesson)]
    pages = write_pages(fire, {role for role, _ in groups} | {lesson["role"] for lesson in retired})
    evidence = {
        "sessions": seen["sessions"],
        "log_lines": seen["lines"],
        "failures": len(seen["failures"]),
        "mistakes": len(groups),
        "lessons": len(causes),
        "root_causes": sum(causes),
        "retired": len(retired),
        "pages": pages,
    }
    return Done(evidence, note=write_note(evidence))


def grouped(failures: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], list[Mapping[str, Any]]]:
    """Failures by role and signature, those made most often first."""

    def key(failure: Mapping[str, Any]) -> tuple[str, str]:
        return failure["role"], signature(failure["kind"], failure["message"])

    found = {name: list(part) for name, part in groupby(sorted(failures, key=key), key=key)}
    return dict(sorted(found.items(), key=lambda group: -len(group[1])))


def learn(fire: Fire, key: tuple[str, str], failures: list[Mapping[str, Any]], known: Mapping[str, Any] | None) -> int:
    """One mistake as a lesson; 1 when it recurs and a new root-cause task was filed."""
    role, mark = key
    sessions = sorted({failure["session_id"] for failure in failures})
    every = sorted(set(sessions) | set(known["sessions"] if known else ()))
    filed = file_cause(fire, role, mark, every) if len(every) >= RECURS_FROM else {}
    lesson = f"{failures[-1]['kind'].replace('_', ' ')}: {failures[-1]['message']}"[:400]
    fire.use("write_lesson", role=role, signature=mark, lesson=lesson, sessions=sessions, task_id=filed.get("task_id"))
    return int(filed.get("is_new", False))


def file_cause(fire: Fire, role: str, mark: str, sessions: list[int]) -> dict[str, Any]:
    """One task for the cause, however often the mistake is made again."""
    filed = fire.use(
        "file_task",
        mode="build",
        title=f"Find why {role} fails the same way: {mark}"[:200],
        payload={"kind": "root_cause", "role": role, "signature": mark, "sessions": sessions[-20:]},
        priority=4,
        dedupe_key=f"root_cause:{role}:{mark}",
    )
    return dict(filed)


def retire(fire: Fire, lesson: Mapping[str, Any]) -> bool:
    """A mistake that stopped, or whose role left, is no longer read at every boot."""
    quiet = fire.now - datetime.fromisoformat(lesson["last_at"])
    if quiet < OVER_AFTER and not lesson["has_left"]:
        return False
    reason = f"{lesson['role']} left" if lesson["has_left"] else f"it has not come back for {quiet.days} days"
    fire.use("retire_lesson", lesson_id=lesson["id"], reason=reason)
    return True


def write_pages(fire: Fire, roles: set[str]) -> int:
    """The pages of the roles about which something changed."""
    for role in sorted(roles):
        fire.use("write_memory", role=role)
    return len(roles)


def write_note(figures: Mapping[str, int]) -> str:
    return (
        f"{count(figures['sessions'], 'session')} and {count(figures['log_lines'], 'log line')} of the last day read; "
        f"{count(figures['failures'], 'failure')}, {count(figures['mistakes'], 'mistake')}; "
        f"{count(figures['lessons'], 'lesson')} written, {figures['root_causes']} root causes filed, "
        f"{figures['retired']} retired."
    )
