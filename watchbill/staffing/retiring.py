"""Retires: takes a role out of the checkout, and leaves nobody without a manager or a watcher.

With the next deploy the schedule is gone, what the ledger still expected of it is withdrawn by heartbeat with that
reason, and migrate marks the role as left and takes back its login; what it did stays readable for ever.
"""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from company.records import Record, read_record, read_staff, record_path
from watchbill.errors import DeskError
from watchbill.staffing.hiring import doctrine_naming, roles_of, template_with
from watchbill.staffing.template_blocks import without


@dataclass(frozen=True)
class Retired:
    """Who left, whose manager or watcher changed, and each file that was changed or removed."""

    role: str
    handed_over: tuple[str, ...]
    files: tuple[str, ...]


def retire(checkout: Path, role: str, *, hand_over: bool = False) -> Retired:
    """Removes the role; DeskError while others depend on it, unless they are handed over to its manager."""
    if role not in roles_of(checkout):
        raise DeskError(f"Nobody here is called {role}. There are: {', '.join(roles_of(checkout))}.")
    record = read_record(checkout / "functions" / role)
    _require_dispensable(checkout, role)
    people = _depending(checkout, role)
    if people and not hand_over:
        raise DeskError(
            f"{_named(people)} {role}. Name somebody else in their records first,"
            f" or give them all to {record.reports_to}: watchbill retire {role} --hand-over"
        )
    for person in people:
        _hand_over(checkout, person, record)
    removed = _remove(checkout, role)
    changed = [f"functions/{person.role}" for person in people]
    return Retired(role, tuple(person.role for person in people), (*changed, *removed))


def _named(people: list[Record]) -> str:
    names = ", ".join(person.role for person in people)
    return f"{names} {'report to, or are' if len(people) > 1 else 'reports to, or is'} watched by,"


def _require_dispensable(checkout: Path, role: str) -> None:
    """A role that the database knows by name carries a rule, which nobody would keep after it left."""
    named = doctrine_naming(checkout, role)
    if named:
        raise DeskError(f"{role} cannot leave: {', '.join(named)} names it. Give that right to somebody else first.")


def _depending(checkout: Path, role: str) -> list[Record]:
    return [one for one in read_staff(checkout / "functions").values() if role in (one.reports_to, one.watched_by)]


def _hand_over(checkout: Path, person: Record, leaving: Record) -> None:
    """To the leaving role's manager; a watcher who would watch itself gives way to the manager's own."""
    manager = read_record(checkout / "functions" / leaving.reports_to) if leaving.reports_to != "owner" else None
    if manager is None:
        raise DeskError(f"{leaving.role} answers to the owner; nobody can take its people over.")
    watcher = manager.role if manager.role != person.role else str(manager.watched_by)
    path = record_path(checkout / "functions" / person.role)
    text = path.read_text(encoding="utf-8")
    text = re.sub(rf"(?m)^( *reports_to: ){leaving.role}$", rf"\g<1>{manager.role}", text)
    path.write_text(re.sub(rf"(?m)^( *watched_by: ){leaving.role}$", rf"\g<1>{watcher}", text), encoding="utf-8")
    _tell_roster(checkout, read_record(checkout / "functions" / person.role))


def _tell_roster(checkout: Path, person: Record) -> None:
    """In the page that people read; a line that several share is left to its reader."""
    page = checkout / "docs" / "company.md"
    if page.is_file():
        line = rf"(?m)^\| {person.role} \| [^|]* \| [^|]* \|"
        told = f"| {person.role} | {person.reports_to} | {person.watched_by} |"
        page.write_text(re.sub(line, told, page.read_text(encoding="utf-8")), encoding="utf-8")


def _remove(checkout: Path, role: str) -> list[str]:
    template = template_with(checkout, role)
    template.write_text(without(template.read_text(encoding="utf-8"), role), encoding="utf-8")
    removed = [str(template.relative_to(checkout))]
    for path in (
        checkout / "functions" / role,
        checkout / "tests" / "events" / f"{role}.json",
        checkout / "tests" / "functions" / f"test_{role}.py",
    ):
        if path.exists():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
            removed.append(str(path.relative_to(checkout)))
    return [*removed, *_off_the_roster(checkout, role)]


def _off_the_roster(checkout: Path, role: str) -> list[str]:
    page = checkout / "docs" / "company.md"
    if not page.is_file():
        return []
    text = page.read_text(encoding="utf-8")
    less = re.sub(rf"(?m)^\| {role} \|.*\n", "", text)
    less = re.sub(rf"(?m)^(\|[^|\n]*?)(?:, {role}\b|\b{role}, )([^|\n]*\|)", r"\1\2", less)
    page.write_text(less, encoding="utf-8")
    return ["docs/company.md"] if less != text else []
