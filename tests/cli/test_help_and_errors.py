"""The first contact of an owner: help on one screen, and errors of one line that say what to do."""

import importlib.metadata
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from tests.cli.conftest import Watchbill
from tests.support import days
from tests.support.brains import TestBrain
from watchbill.cli.app import GROUPS, Command, app
from watchbill.home import LastDay

COMMANDS = (
    "day", "week", "up", "brief", "decide", "why", "org", "slots", "tasks", "findings", "customers", "cost", "pause",
    "resume", "stop", "start", "hire", "retire", "new-vertical", "template", "invoke",
    "logs", "doctor", "dsn",
)  # fmt: skip
READING = (
    "brief", "decide", "why F-1", "org", "slots", "tasks", "findings", "invoke ceo", "logs", "dsn", "customers", "cost",
    "pause ceo", "resume ceo", "stop", "start", "customers preview X",
)  # fmt: skip


def test_help_names_every_command_on_one_screen(watchbill: Watchbill) -> None:
    result = watchbill("--help")

    assert result.code == 0
    assert len(result.out.splitlines()) <= 61
    assert all(f"\n  {command} " in result.out for command in COMMANDS)


def every_command(group: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    for one, command in group.commands.items():
        yield from every_command(command, f"{name}{one} ") if hasattr(command, "commands") else ((name + one, command),)


def test_help_fits_a_narrow_terminal(watchbill: Watchbill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")

    assert max(map(len, watchbill("--help").out.splitlines())) <= 60


def test_every_command_has_json_but_those_that_give_diffs(watchbill: Watchbill) -> None:
    commands = dict(every_command(typer.main.get_command(app)))
    without = [
        name for name, one in commands.items() if "--json" not in [word for own in one.params for word in own.opts]
    ]

    assert without == ["changes diff", "changes export"]
    assert set(COMMANDS) <= {name.split()[0] for name in commands}


@pytest.mark.parametrize("command", [one for group in GROUPS.values() for one in group], ids=lambda one: one.name)
def test_every_commands_help_ends_with_an_example_of_options_that_it_has(
    watchbill: Watchbill, command: Command
) -> None:
    name, *arguments = command.example.split()
    said = watchbill(command.name, "--help").out

    assert name == command.name
    assert said.rstrip().endswith(f"For example: watchbill {command.example}")
    assert [one for one in arguments if one.startswith("--") and one not in said] == []


def test_the_version_is_the_packages(watchbill: Watchbill) -> None:
    result = watchbill("--version")

    assert (result.code, result.out) == (0, f"watchbill {importlib.metadata.version('watchbill')}\n")


def test_a_shell_is_told_the_words_that_could_come_next() -> None:
    asking = {"_WATCHBILL_COMPLETE": "complete_bash", "COMP_WORDS": "watchbill sl", "COMP_CWORD": "1"}

    done = subprocess.run(
        [sys.executable, "-m", "watchbill"], env={**os.environ, **asking}, capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["slots"]


@pytest.mark.parametrize("command", READING)
def test_before_the_first_day_every_command_says_what_to_run(watchbill: Watchbill, command: str) -> None:
    result = watchbill(*command.split())

    assert result.code == 1
    assert result.err == "watchbill: There is no day yet: run `make day`.\n"
    assert result.out == ""


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("fire", "No such command 'fire'"),
        ("slot", "Did you mean 'slots'? Try `watchbill --help`"),
        ("slots --misssed", "No such option: --misssed"),
        ("logs --level LOUD", "There is no level 'LOUD'. There are: CRITICAL, DEBUG, ERROR, INFO, WARNING."),
        ("day --live --date 2026-03-11", "--live runs the last complete day"),
        ("day --think", "--think needs a model: set"),
        ("day --date yesterday", "--date 'yesterday' is not a date"),
        ("day --date=", "--date '' is not a date"),
        ("week --date=", "--date '' is not a date"),
        ("brief --date monday", "--date 'monday' is not a date"),
        ("brief --date=", "--date '' is not a date"),
        ("decide X-1", "'X-1' is not a question"),
        ("findings mute F-1 --until soon", "--until 'soon' is not a time"),
        ("slots --since ever", "--since 'ever' is not a span"),
        ("slots --since=", "--since '' is not a span"),
        ("slots --since 9999999d", "is not a span"),
        ("slots --since 0h", "--since '0h' is not a span"),
        ("logs --since 0d", "--since '0d' is not a span"),
        ("logs --since=", "--since '' is not a span"),
        ("slots NOBODY", "There is no schedule 'NOBODY'. There are: audit_auditor"),
        ("slots ceoo", "There is no schedule 'ceoo'. Did you mean ceo?"),
        ("slots --role nobody", "There is no role 'nobody'"),
        ("slots ceo 06:50 --html", "--html is about many slots: leave it out, or leave out the TIME."),
        ("slots ceo 06:50 --missed", "--missed is about many slots"),
        ("slots ceo 06:50 --since 24h", "--since is about many slots"),
        ("slots --html --json", "Choose one of --html and --json."),
        ("brief --html --json", "Choose one of --html and --json."),
        ("org --html --json", "Choose one of --html and --json."),
        ("cost --since 2026-03-11 --days 3", "Choose one of --since and --days."),
        ("tasks --mode nope", "There is no mode 'nope'. There are: build, content, data, research, scrape."),
        ("tasks --status closed", "There is no status 'closed'. Did you mean blocked?"),
        ("template --out /nowhere/t.yaml", "is outside"),
        ("findings mute F-99999999999999999999 --until 2026-04-01", "is not a finding"),
        ("tasks --limit 0", "Invalid value"),
    ],
)
def test_a_command_written_wrongly_is_one_line_and_code_two(
    watchbill: Watchbill, last_day: LastDay, arguments: str, expected: str
) -> None:
    result = watchbill(*arguments.split())

    assert result.code == 2
    assert result.err.count("\n") == 1
    assert expected in result.err


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        ("why zork", 2, "Try F-1 (finding), D-1 (decision)"),
        ("why F-99", 1, "there is no F-99"),
        ("why T-0", 1, "there is no T-0: the first is T-1"),
        ("why ceoo", 2, "Did you mean ceo?"),
        ("why ceo@never", 2, "is no time"),
        ("why ceo@2020-01-01T00:00", 1, "no slot of ceo was due"),
        ("decide D-99", 1, "There is no D-99"),
        ("dsn --as nobody", 2, "There is no role 'nobody'. There are: "),
        ("logs nobody", 2, "There is no role 'nobody'"),
        ("pause nobody", 2, "There is no role with a schedule 'nobody'"),
        ("customers pause Nobody", 2, "There is no customer 'Nobody'"),
        ("brief --date 2020-01-01", 1, "There is no brief of 2020-01-01"),
        ("findings mute F-99 --until 2026-04-01", 1, "F-99 is not open"),
    ],
)
def test_an_unknown_name_is_reported_with_the_known_ones(
    watchbill: Watchbill, brain: TestBrain, last_day: LastDay, arguments: str, code: int, expected: str
) -> None:
    brain.set_now(days.BRIEF_AT)

    result = watchbill(*arguments.split())

    assert result.code == code
    assert expected in result.err
    assert "Traceback" not in result.err


def test_a_last_day_whose_brain_is_gone_says_what_to_run(watchbill: Watchbill, last_day: LastDay, home: object) -> None:
    from dataclasses import replace

    from watchbill.cli.shell_settings import read_shell
    from watchbill.home import remember

    remember(read_shell().home, replace(last_day, database="watchbill_desk_gone"))

    result = watchbill("org")

    assert result.code == 1
    assert "is no longer there: run `make day`" in result.err


def test_help_imports_neither_the_cloud_nor_the_database_nor_a_server() -> None:
    heavy = {"boto3", "botocore", "moto", "psycopg", "pydantic", "samtranslator", "rich", "asyncio", "http"}
    code = "import sys; sys.argv = ['watchbill', '--help']\ntry:\n import watchbill.__main__ as m; m.main()\n"
    code += "except SystemExit: pass\nprint(sorted(set(sys.modules)), file=sys.stderr)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "the morning brief" in done.stdout
    assert sorted(heavy & set(eval(done.stderr))) == []


def test_an_error_repeats_nothing_that_a_terminal_would_obey(watchbill: Watchbill, last_day: LastDay) -> None:
    result = watchbill("decide", "D\x1b[31m\u202e", "yes")

    assert result.code == 2
    assert "D\\x1b[31m\\u202e' is not a question" in result.err
    assert not set(result.err) & {"\x1b", "\u202e"}


def test_an_event_of_a_hundred_thousand_brackets_is_refused(
    watchbill: Watchbill, last_day: LastDay, tmp_path: Path
) -> None:
    event = tmp_path / "event.json"
    event.write_text("[" * 100_000, encoding="utf-8")

    result = watchbill("invoke", "ceo", "--event", str(event))

    assert result.code == 1
    assert result.err.startswith(f"watchbill: --event {event} cannot be read as JSON: ")


@pytest.mark.parametrize("template", ["", "Resources: 3", "- 1", "Resources: {A: {Type: X}}\nGlobals: 3", "a: ["])
def test_a_broken_template_is_named(template: str, tmp_path: Path) -> None:
    from watchbill.cloud.template.translation import read_stack
    from watchbill.errors import DeskError

    path = tmp_path / "template.yaml"
    path.write_text(template, encoding="utf-8")

    with pytest.raises(DeskError, match=f"^{path}: "):
        read_stack(path, tmp_path / "cache")
