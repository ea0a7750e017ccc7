"""An inconsistent record is refused with its file, field and rule."""

from pathlib import Path

import pytest

from company.brain.logins import GROUPS
from company.errors import RecordError
from company.records import OF_THE_BRAIN, read_record, read_staff

SKILL = """---
name: tide_worker
description: counts tides
metadata:
  kind: worker
  reports_to: tide_manager
  model: small
  budget: {turns: 4, tokens: 1000, usd: 0.01, seconds: 60}
---
You count tides.
"""


def folder(tmp_path: Path, text: str, name: str = "tide_worker", file: str = "SKILL.md") -> Path:
    place = tmp_path / name
    place.mkdir(parents=True)
    (place / file).write_text(text)
    return place


def test_a_whole_record_is_read_with_its_text(tmp_path: Path) -> None:
    record = read_record(folder(tmp_path, SKILL))

    assert (record.role, record.kind, record.text) == ("tide_worker", "worker", "You count tides.")
    assert (record.grace.total_seconds(), record.missed_fire) == (1200, "run_once")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("kind: worker", "kind: boss", "kind: Input should be"),
        ("name: tide_worker", "name: somebody", "name says 'somebody', the folder says 'tide_worker'"),
        ("  reports_to: tide_manager\n", "", "reports_to: Field required"),
        ("reports_to: tide_manager", "reports_to: tide_worker", "nobody reports to"),
        ("model: small", "model: huge", "model: Input should be"),
        ("  model: small\n", "", "model and a whole budget"),
        ("turns: 4, ", "", "model and a whole budget"),
        ("seconds: 60", "seconds: 0", "budget.seconds"),
        ("model: small", "model: small\n  effort: much", "effort: Input should be"),
        ("model: small", "model: small\n  colour: blue", "colour: Extra inputs"),
        ("model: small", "model: small\n  schedule: rate(1 hour)", "every schedule has a named watcher"),
        ("kind: worker", "kind: machine", "a machine has the other kind of record"),
        ("metadata:", "metadata: all of it\nrest:", "no metadata section"),
        ("kind: worker", "kind: [worker", "is not YAML"),
        ("kind: worker", "kind: worker\n  kind: manager", "it says kind twice"),
        ("turns: 4,", "turns: 4, turns: 400,", "it says turns twice"),
        ("kind: worker", "? [kind]\n  : worker", "is not YAML"),
        ("---\nname", "name", "must open with front matter"),
    ],
)
def test_an_inconsistent_record_names_the_field(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in SKILL
    place = folder(tmp_path, SKILL.replace(old, new, 1))

    with pytest.raises(RecordError, match="tide_worker/SKILL.md") as caught:
        read_record(place)
    assert message in str(caught.value)


@pytest.mark.parametrize("name", ["owner", "staff", "workers", "trials"])
def test_no_role_is_named_as_a_login_or_a_group_of_the_brain(tmp_path: Path, name: str) -> None:
    place = folder(tmp_path, SKILL.replace("tide_worker", name), name)

    with pytest.raises(RecordError, match=f"{name}/SKILL.md: role: .*{name} is a login or a group of the brain"):
        read_record(place)


def test_every_group_of_the_brain_is_taken() -> None:
    assert {*GROUPS, "owner"} == OF_THE_BRAIN


def test_no_role_hides_a_module_of_python_from_its_function(tmp_path: Path) -> None:
    place = folder(tmp_path, SKILL.replace("tide_worker", "email"), "email")

    with pytest.raises(RecordError, match="email is a module of Python already; give the role another name"):
        read_record(place)


def test_a_role_has_exactly_one_record(tmp_path: Path) -> None:
    place = folder(tmp_path, SKILL)
    (place / "MACHINE.md").write_text(SKILL)

    with pytest.raises(RecordError, match="exactly one of SKILL.md and MACHINE.md; found 2"):
        read_record(place)


def test_a_staff_is_every_folder_that_is_not_hidden(tmp_path: Path) -> None:
    folder(tmp_path, SKILL)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / ".hidden").mkdir()

    assert list(read_staff(tmp_path)) == ["tide_worker"]
