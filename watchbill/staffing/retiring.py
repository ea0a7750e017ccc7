"""Retires a role: removes it from the checkout, and leaves no other role without a manager or a watcher.

With the next deploy the schedule is gone, heartbeat withdraws its expected slots with that reason, and migrate marks
the role as left and revokes its login. Its work stays readable.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from company.records import Record, read_record, read_staff, record_path
from company.text.files import read_utf8
from watchbill.all_or_none import Files, all_or_none
from watchbill.errors import DeskError
from watchbill.staffing.hiring import doctrine_naming, roles_of, template_with
from watchbill.staffing.template_blocks import lines_needing, without
from watchbill.suggesting import no_such


@dataclass(frozen=True)
class Retired:
    """The removed role, the roles whose manager or watcher changed, and each file that was changed or removed."""

    role: str
    handed_over: tuple[str, ...]
    files: tuple[str, ...]


def retire(checkout: Path, role: str, *, hand_over: bool = False) -> Retired:
    """Removes the role. DeskError while other roles depend on it, unless they are handed over to its manager."""
    if role not in roles_of(checkout):
        raise no_such("role", role, roles_of(checkout))
    record = read_record(checkout / "functions" / role)
    _require_dispensable(checkout, role)
    dependents = _depending(checkout, role)
    if dependents and not hand_over:
        raise DeskError(
            f"{_named(dependents)} {role}. Name another role in their records first,"
            f" or give them all to {record.reports_to}: watchbill retire {role} --hand-over"
        )
    with all_or_none() as files:
        for dependent in dependents:
            _hand_over(files, checkout, dependent, record)
        removed = _remove(files, checkout, role)
    changed = [f"functions/{dependent.role}" for dependent in dependents]
    return Retired(role, tuple(dependent.role for dependent in dependents), (*changed, *removed))


def _named(dependents: list[Record]) -> str:
    names = ", ".join(dependent.role for dependent in dependents)
    return f"{names} {'report to, or are' if len(dependents) > 1 else 'reports to, or is'} watched by,"


def _require_dispensable(checkout: Path, role: str) -> None:
    """What else is deployed may need its function; one that doctrine names has a right, which would be lost with it."""
    template = template_with(checkout, role)
    if needed := lines_needing(read_utf8(template), role):
        places = "; ".join(f"line {number}: {line}" for number, line in needed)
        raise DeskError(
            f"{role} cannot be retired: the company cannot be deployed without it."
            f" {template.relative_to(checkout)} needs its function ({places})."
        )
    named = doctrine_naming(checkout, role)
    if named:
        raise DeskError(
            f"{role} cannot be retired: doctrine names it ({', '.join(named)}). Give that right to another role first."
        )


def _depending(checkout: Path, role: str) -> list[Record]:
    return [one for one in read_staff(checkout / "functions").values() if role in (one.reports_to, one.watched_by)]


def _hand_over(files: Files, checkout: Path, dependent: Record, leaving: Record) -> None:
    """Gives a dependent to the retired role's manager; where it would watch itself, to the manager's watcher.

    Where that one is the retired role, to the manager's own manager.
    """
    manager = read_record(checkout / "functions" / leaving.reports_to) if leaving.reports_to != "owner" else None
    if manager is None:
        raise DeskError(f"{leaving.role} reports to the owner; no role can take over its dependents.")
    others = (manager.role, str(manager.watched_by), manager.reports_to)
    watcher = next(one for one in others if one not in (dependent.role, leaving.role))
    path = record_path(checkout / "functions" / dependent.role)
    text = re.sub(rf"(?m)^( *reports_to: ){leaving.role}$", rf"\g<1>{manager.role}", read_utf8(path))
    files.write(path, re.sub(rf"(?m)^( *watched_by: ){leaving.role}$", rf"\g<1>{watcher}", text))
    reports_to = manager.role if dependent.reports_to == leaving.role else dependent.reports_to
    watched_by = watcher if dependent.watched_by == leaving.role else dependent.watched_by
    _update_roster(files, checkout, f"| {dependent.role} | {reports_to} | {watched_by} |")


def _update_roster(files: Files, checkout: Path, row: str) -> None:
    """Changes the line in docs/company.md; a line that several roles share is left as it is."""
    page = checkout / "docs" / "company.md"
    if page.is_file():
        line = rf"(?m)^\| {row.split()[1]} \| [^|]* \| [^|]* \|"
        files.write(page, re.sub(line, row, files.read(page)))


def _remove(files: Files, checkout: Path, role: str) -> list[str]:
    template = template_with(checkout, role)
    files.write(template, without(read_utf8(template), role))
    removed = [str(template.relative_to(checkout))]
    for path in (
        checkout / "functions" / role,
        checkout / "tests" / "events" / f"{role}.json",
        checkout / "tests" / "functions" / f"test_{role}.py",
    ):
        if path.exists():
            files.remove(path)
            removed.append(str(path.relative_to(checkout)))
    return [*removed, *_remove_from_roster(files, checkout, role)]


def _remove_from_roster(files: Files, checkout: Path, role: str) -> list[str]:
    page = checkout / "docs" / "company.md"
    if not page.is_file():
        return []
    text = files.read(page)
    shorter = re.sub(rf"(?m)^\| {role} \|.*\n", "", text)
    shorter = re.sub(rf"(?m)^(\|[^|\n]*?)(?:, {role}\b|\b{role}, )([^|\n]*\|)", r"\1\2", shorter)
    files.write(page, shorter)
    return ["docs/company.md"] if shorter != text else []
