"""A command line over a test's brain, in place of the brain of the last day."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.brains import PASSWORD, VERTICAL, TestBrain
from tests.support.days import BRIEF_AT
from watchbill.cli import shell_settings
from watchbill.cli.run import run
from watchbill.home import LastDay, remember


@dataclass(frozen=True)
class CommandResult:
    """The result of one command."""

    code: int
    out: str
    err: str


Watchbill = Callable[..., CommandResult]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty desk folder, where commands look for the last day."""
    monkeypatch.setattr(shell_settings, "HOME", tmp_path)
    monkeypatch.setattr("watchbill.cli.printing.program", lambda: "watchbill")
    shell_settings.read_shell.cache_clear()
    yield tmp_path
    shell_settings.read_shell.cache_clear()


@pytest.fixture
def watchbill(home: Path, capsys: pytest.CaptureFixture[str]) -> Watchbill:
    """watchbill("org", "--json") runs one command in this process."""

    def command(*arguments: str) -> CommandResult:
        code = run(arguments)
        out, err = capsys.readouterr()
        return CommandResult(code, out, err)

    return command


@pytest.fixture
def last_day(brain: TestBrain, home: Path, monkeypatch: pytest.MonkeyPatch) -> LastDay:
    """The test's brain as the brain of the last day, on the test's server."""
    monkeypatch.setenv("DESK_POSTGRES", brain.company.server.dsn())
    roles = [row["role"] for row in brain.owner.all("roster_roles")]
    day = LastDay(
        database=brain.name,
        company=brain.company.name,
        vertical=VERTICAL,
        data_kind="sample data",
        date="2026-03-11",
        ended_at=BRIEF_AT.isoformat(),
        logins=dict.fromkeys(roles, PASSWORD),
    )
    remember(home, day)
    return day
