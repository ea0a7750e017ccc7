"""Hires a role: copies a neighbour's folder and template block, and adds its event, test and roster line."""

import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from textwrap import shorten

from company.records import Record, read_record, record_path, taken_by
from company.text.files import read_utf8
from watchbill.all_or_none import Files, all_or_none
from watchbill.errors import DeskError
from watchbill.staffing.template_blocks import find_block, renamed, with_copy
from watchbill.suggesting import no_such

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST = 40
TEXTS = {".py", ".md"}
WIDEST = 120
"""Columns of a line that people read in a document."""
TEST = '''"""{role}'s first day: an ordinary fire works, or says why there is nothing to do."""

from tests.support.fires import Fires


def test_{role}_fires_and_reports_its_result(fire: Fires) -> None:
    result = fire("{role}")

    assert result["outcome"] in ("done", "skipped")
    assert result["evidence"] or result["reason"]
'''


@dataclass(frozen=True)
class HireRequest:
    """The role to hire and the role to copy. A value that is None stays as the neighbour has it."""

    role: str
    like: str
    schedule: str | None = None
    reports_to: str | None = None
    watched_by: str | None = None
    description: str | None = None


@dataclass(frozen=True)
class Hired:
    """The new role, each file that was written or changed, and the doctrine that names only the neighbour."""

    record: Record
    files: tuple[str, ...]
    not_copied: tuple[str, ...]


def hire(checkout: Path, request: HireRequest) -> Hired:
    """Writes the new role's files, all or none. DeskError says what is wrong with the request, or cannot be written."""
    neighbour = _require_possible(checkout, request)
    template = template_with(checkout, request.like)
    changed = with_copy(read_utf8(template), request.like, request.role, request.schedule)
    folder = checkout / "functions" / request.role
    known = roles_of(checkout)
    with all_or_none() as files:
        record = _copy_folder(files, folder.with_name(request.like), request)
        _require_in_the_company(known, record)
        others = [
            _event(files, checkout, request),
            _test(files, checkout, request),
            _roster(files, checkout, neighbour, record),
        ]
        files.write(template, changed)
    written = tuple(str(path.relative_to(checkout)) for path in (folder, template, *filter(None, others)))
    return Hired(record, written, tuple(doctrine_naming(checkout, request.like)))


def doctrine_naming(checkout: Path, role: str) -> list[str]:
    """The doctrine files that give a right to this role by its name or login."""
    named = re.compile(rf"'{role}'|@login:{role}@")
    found = (path for path in sorted(checkout.glob("sql/*/doctrine/*.sql")) if named.search(read_utf8(path)))
    return [str(path.relative_to(checkout)) for path in found]


def template_with(checkout: Path, role: str) -> Path:
    """The template file with a role's block: the company's, or that of another product."""
    for path in [checkout / "infra" / "template.yaml", *sorted((checkout / "infra").glob("*.yaml"))]:
        generated = path.name.startswith("template.") and path.name != "template.yaml"
        if not generated and find_block(read_utf8(path), role):
            return path
    raise DeskError(f"No template in infra/ has a block for {role}.")


def _require_possible(checkout: Path, request: HireRequest) -> Record:
    folder, neighbour = checkout / "functions" / request.role, checkout / "functions" / request.like
    if not NAME.fullmatch(request.role) or len(request.role) > LONGEST:
        raise DeskError(
            f"{request.role!r} is not a name for a role: use lower-case words joined by _, at most {LONGEST} letters."
        )
    if folder.exists():
        raise DeskError(f"{request.role} exists already: functions/{request.role}.")
    if taken := taken_by(request.role) or _installed(request.role):
        raise DeskError(f"{request.role} is {taken} already; give the role another name.")
    if not neighbour.is_dir():
        raise no_such("role", request.like, roles_of(checkout))
    record = read_record(neighbour)
    if not record.schedule:
        raise DeskError(f"{request.like} has no schedule; choose a neighbour with one.")
    return record


def _installed(name: str) -> str | None:
    """The role's folder would hide a package of this name from every function."""
    found = find_spec(name)
    return "an installed package" if found and found.origin else None


def roles_of(checkout: Path) -> list[str]:
    """Every role that has a folder."""
    return sorted(p.parent.name for pattern in ("SKILL", "MACHINE") for p in checkout.glob(f"functions/*/{pattern}.md"))


def _copy_folder(files: Files, neighbour: Path, request: HireRequest) -> Record:
    folder, record = neighbour.with_name(request.role), record_path(neighbour)
    for path in sorted(neighbour.rglob("*")):
        if "__pycache__" in path.parts or path.is_dir():
            continue
        text = renamed(read_utf8(path), request.like, request.role) if path.suffix in TEXTS else path.read_bytes()
        if path == record:
            text = _as_requested(str(text), request)
        files.write(folder / path.relative_to(neighbour), text)
    return read_record(folder)


def _as_requested(text: str, request: HireRequest) -> str:
    """The neighbour's record with what the owner said of the new role."""
    for key in ("schedule", "reports_to", "watched_by", "description"):
        value = getattr(request, key)
        if value is not None:
            text = re.sub(rf"(?m)^( *{key}: ).*", lambda found, v=value: found[1] + v, text, count=1)  # type: ignore[misc]
    if not re.search(r"(?m)^  copied_from: ", text):
        # A copy of a copy keeps whom the first was copied from.
        text = re.sub(r"(?m)^  kind: .*\n", rf"\g<0>  copied_from: {request.like}\n", text, count=1)
    return text


def _require_in_the_company(known: list[str], record: Record) -> None:
    """Raises when the manager or watcher is unknown, or when the schedule is one that AWS refuses."""
    from company.watch.expressions import Expression, InvalidExpression

    for name in (record.reports_to, record.watched_by):
        if name and name != "owner" and name not in (*known, record.role):
            raise no_such("role", name, known)
    try:
        Expression.parse(str(record.schedule), record.timezone)
    except InvalidExpression as error:
        raise DeskError(f"--schedule {record.schedule}: {error}") from error


def _event(files: Files, checkout: Path, request: HireRequest) -> Path | None:
    events = checkout / "tests" / "events"
    if not (events / f"{request.like}.json").is_file():
        return None
    text = read_utf8(events / f"{request.like}.json")
    text = text.replace(f"by-hand-{request.like}", f"by-hand-{request.role}")
    files.write(events / f"{request.role}.json", text.replace(f'"{request.like}"', f'"{request.role}"'))
    return events / f"{request.role}.json"


def _test(files: Files, checkout: Path, request: HireRequest) -> Path | None:
    folder = checkout / "tests" / "functions"
    if not folder.is_dir():
        return None
    path = folder / f"test_{request.role}.py"
    files.write(path, TEST.format(role=request.role))
    return path


def _roster(files: Files, checkout: Path, neighbour: Record, record: Record) -> Path | None:
    """Adds a line to the roster in docs/company.md, below the neighbour's."""
    page = checkout / "docs" / "company.md"
    if not page.is_file():
        return None
    lines = read_utf8(page).splitlines()
    places = [n for n, line in enumerate(lines) if re.match(rf"\|[^|]*\b{neighbour.role}\b[^|]*\|", line)]
    if not places:
        return None
    row = f"| {record.role} | {record.reports_to} | {record.watched_by or '-'} | "
    description = shorten(record.description.rstrip("."), max(WIDEST - len(row) - 2, 20), placeholder=" ...")
    lines.insert(places[0] + 1, f"{row}{description} |")
    files.write(page, "\n".join(lines) + "\n")
    return page
