"""The record of a role: the checked front matter of a SKILL.md (an employee) or a MACHINE.md (a machine)."""

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from company.errors import RecordError
from company.text.files import read_utf8
from company.text.front_matter import read_plain

Kind = Literal["worker", "manager", "auditor", "ceo", "machine"]
OF_THE_BRAIN = frozenset({"owner", "owners", "staff", "readers", "trials", *(f"{kind}s" for kind in get_args(Kind))})
"""Logins and groups of the brain that are no role's: a role of such a name would be given their rights."""


class Budget(BaseModel):
    """The limits of one fire. A machine states seconds only; an employee states all four."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seconds: int = Field(gt=0, le=900)
    turns: int = Field(default=0, ge=0)
    tokens: int = Field(default=0, ge=0)
    usd: float = Field(default=0.0, ge=0)


class Record(BaseModel):
    """One role, as its folder states it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: str = Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")
    description: str = Field(min_length=1)
    text: str
    kind: Kind
    reports_to: str
    budget: Budget
    watched_by: str | None = None
    schedule: str | None = None
    timezone: str = "UTC"
    grace_minutes: int = Field(default=20, ge=2)
    answers_within_minutes: int = Field(default=30, ge=5, le=720)
    """As a watcher: how long an urgent finding may wait for its answer before it is escalated."""
    missed_fire: Literal["run_once", "skip"] = "run_once"
    modes: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    outward: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    """Kinds of findings that only this role opens, or others that state them too. Any other kind is free."""
    model: Literal["small", "medium", "large"] | None = None
    effort: Literal["low", "medium", "high", "xhigh", "max"] | None = None
    """How much an employee's model thinks and writes; without it the model's own default."""
    watches: bool = False
    """Works also while the company is stopped: it only observes and reports."""
    pings: bool = False
    """Pings an outside monitor (PING_URL) when a fire starts, succeeds and fails, also without a brain."""
    answers_strangers: bool = False
    """Everybody can reach this machine: its login has only what is granted to @readers@, and no right of the staff."""
    copied_from: str | None = None
    """The role of a release that a hired one is a copy of; it is no part of what the release's documents count."""
    product: str | None = None
    """The product that this role belongs to; the company's own roles state none and stay with every product."""

    @property
    def grace(self) -> timedelta:
        return timedelta(minutes=self.grace_minutes)

    @property
    def is_employee(self) -> bool:
        return self.kind != "machine"

    @property
    def group(self) -> str:
        """The group in the brain that its login is a member of: workers for a worker."""
        return "readers" if self.answers_strangers else f"{self.kind}s"

    @field_validator("role")
    @classmethod
    def name_is_free(cls, role: str) -> str:
        if taken := taken_by(role):
            raise ValueError(f"{role} is {taken} already; give the role another name")
        return role

    @model_validator(mode="after")
    def fields_agree(self) -> "Record":
        if self.schedule and not self.watched_by:
            raise ValueError("a schedule needs watched_by: every schedule has a named watcher")
        if self.role in (self.watched_by, self.reports_to):
            raise ValueError("nobody reports to, or watches, themselves")
        if self.is_employee and not (self.model and self.budget.turns and self.budget.tokens and self.budget.usd):
            raise ValueError("an employee states model and a whole budget: turns, tokens, usd, seconds")
        if self.answers_strangers and self.is_employee:
            raise ValueError("a machine answers strangers, and no employee")
        if self.effort and not self.is_employee:
            raise ValueError("effort is about a model, and a machine has none")
        return self


def taken_by(name: str) -> str | None:
    """What has this name, so that no role can have it; None for a free one.

    A role's folder comes first on a function's import path: one named email would hide Python's own module.
    """
    if name in OF_THE_BRAIN:
        return "a login or a group of the brain"
    return "a module of Python" if name in sys.stdlib_module_names else None


def record_path(folder: Path) -> Path:
    """The record file of a role's folder; RecordError when it has none or both."""
    found = [folder / name for name in ("SKILL.md", "MACHINE.md") if (folder / name).is_file()]
    if len(found) != 1:
        raise RecordError(f"{folder.name}: a role has exactly one of SKILL.md and MACHINE.md; found {len(found)}")
    return found[0]


def read_record(folder: Path) -> Record:
    """The record of one role's folder; RecordError names the file, the field and the rule."""
    path = record_path(folder)
    front, text = _split(path)
    metadata = front.pop("metadata", None)
    if not isinstance(metadata, dict):
        raise RecordError(f"{folder.name}/{path.name}: the front matter has no metadata section")
    name = front.pop("name", None)
    if name != folder.name:
        raise RecordError(f"{folder.name}/{path.name}: name says {name!r}, the folder says {folder.name!r}")
    try:
        record = Record.model_validate({"role": name, "text": text, **front, **metadata})
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'record'}: {e['msg']}" for e in error.errors())
        raise RecordError(f"{folder.name}/{path.name}: {faults}") from error
    if record.is_employee != (path.name == "SKILL.md"):
        raise RecordError(f"{folder.name}/{path.name}: a {record.kind} has the other kind of record")
    return record


def read_staff(functions: Path, product: str | None = None) -> dict[str, Record]:
    """Every role of a functions/ folder, by name; of a named product only, where several have folders there."""
    folders = [f for f in sorted(functions.iterdir()) if f.is_dir() and not f.name.startswith((".", "_"))]
    staff = {folder.name: read_record(folder) for folder in folders}
    return {role: record for role, record in staff.items() if product is None or record.product in (None, product)}


def _split(path: Path) -> tuple[dict[str, Any], str]:
    where = f"{path.parent.name}/{path.name}"
    parts = read_utf8(path).split("---\n", 2)
    if len(parts) != 3 or parts[0].strip():
        raise RecordError(f"{where}: the file must open with front matter between two lines of ---")
    front = read_plain(parts[1]) or _read_any(parts[1], where)
    if not isinstance(front, dict):
        raise RecordError(f"{where}: the front matter is not a mapping")
    return front, parts[2].strip()


def _read_any(text: str, where: str) -> object:
    """What is not plain, by the whole of YAML, which few fires import."""
    from company.text.yaml_once import YamlError, read_yaml

    try:
        return read_yaml(text)
    except YamlError as error:
        raise RecordError(f"{where}: the front matter is not YAML: {error}") from error
