"""What reaches a terminal: colours where they are wanted, commands that can be typed here, a pager for a long page."""

import io
import json
import shutil
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from watchbill.cli import printing, shell_settings
from watchbill.cli.commands import logs, up
from watchbill.cloud.logs import LogEvent

AT = datetime(2026, 3, 12, 7, tzinfo=UTC)
PAGE = "FOR YOU (1)\n D-1   Switch it on?\n       If you say nothing: no.  watchbill decide D-1 yes | no\n"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """From the test itself: pytest puts its own stdout in place after each fixture."""
    screen = Terminal()
    monkeypatch.setattr("sys.stdout", screen)
    monkeypatch.setattr(printing, "program", lambda: "watchbill")
    for name, value in {"TERM": "xterm-256color", "LINES": "30", "COLUMNS": "112"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)
    return screen


def test_a_page_is_coloured_on_a_terminal_and_has_not_even_weight_without_colour(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = on_a_terminal(monkeypatch)

    printing.show(PAGE)
    coloured = terminal.getvalue()
    monkeypatch.setenv("NO_COLOR", "1")
    printing.show(PAGE)

    assert "\x1b[1mFOR YOU" in coloured
    assert terminal.getvalue().removeprefix(coloured) == PAGE


@pytest.mark.parametrize(("lines", "is_paged"), [(10, False), (29, False), (30, True), (300, True)])
def test_only_a_page_that_is_longer_than_the_terminal_goes_to_its_pager(
    monkeypatch: pytest.MonkeyPatch, lines: int, is_paged: bool
) -> None:
    terminal, paged = on_a_terminal(monkeypatch), []

    @contextmanager
    def pager(_: Console, styles: bool):  # type: ignore[no-untyped-def]
        paged.append(styles)
        yield

    monkeypatch.setattr(Console, "pager", pager)

    printing.show("a line\n" * lines)

    assert bool(paged) == is_paged
    assert terminal.getvalue().count("a line") == lines


def test_commands_are_shown_as_they_can_be_typed_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "program", lambda: ".venv/bin/watchbill")
    monkeypatch.setattr(printing, "width", lambda: 60)

    assert printing.as_called(PAGE).splitlines()[2:] == [
        "       If you say nothing: no.",
        "       .venv/bin/watchbill decide D-1 yes | no",
    ]
    assert printing.as_called("/x/watchbill why F-1, a watchbill") == "/x/watchbill why F-1, a watchbill"


def test_json_on_one_line_holds_its_values_as_they_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(printing, "program", lambda: ".venv/bin/watchbill")
    attempt = SimpleNamespace(schedule="watchbill why F-1", due_at=AT, start_at=AT)
    ended = SimpleNamespace(status="ok", payload={"do": "watchbill\x7f org"})
    line = LogEvent(AT, "/watchbill/x/check", "stream", f"{'a long line ' * 12}ends with watchbill why F-1\n")

    up._as_json(SimpleNamespace(attempt=attempt, invocation=ended))  # type: ignore[arg-type]
    printing.show_json_line(logs._as_json(line, AT))

    shown = capsys.readouterr().out.splitlines()
    read = [json.loads(one) for one in shown]
    assert (read[0]["schedule"], read[0]["result"]) == ("watchbill why F-1", {"do": "watchbill\x7f org"})
    assert read[1] == {"at": AT.isoformat(), "group": line.group, "stream": "stream", "message": line.message}
    assert not printing.CONTROLS.findall("".join(shown))


@pytest.mark.parametrize(
    ("checkout", "called"),
    [("/x/my company", "'/x/my company/.venv/bin/watchbill'"), (r"/x/a\1b", r"'/x/a\1b/.venv/bin/watchbill'")],
)
def test_a_path_that_a_shell_would_split_is_quoted(monkeypatch: pytest.MonkeyPatch, checkout: str, called: str) -> None:
    monkeypatch.setattr(shell_settings, "CHECKOUT", Path(checkout))
    monkeypatch.setattr(shutil, "which", lambda _: None)

    assert printing.as_called("do watchbill org") == f"do {called} org"


def test_the_command_of_another_company_on_path_is_not_taken_for_ours(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, env in (("ours", tmp_path / "ours"), ("theirs", tmp_path / "theirs")):
        (env / "bin").mkdir(parents=True)
        (env / "bin" / "watchbill").write_text(name)
    (tmp_path / "link").symlink_to(tmp_path / "ours" / "bin" / "watchbill")
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "ours"))

    def called(on_path: str) -> str:
        monkeypatch.setattr(shutil, "which", lambda _: str(tmp_path / on_path))
        return shell_settings.program()

    assert called("ours/bin/watchbill") == called("link") == "watchbill"
    assert called("theirs/bin/watchbill") == ".venv/bin/watchbill"


@pytest.mark.parametrize("width", [60, 80, 112, 200])
def test_a_table_loses_no_word_at_any_width(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setattr(printing, "width", lambda: width)
    rows = [
        ("F-1", "open", "data_auditor's schedule is DISABLED in EventBridge, not by its record", "data_manager", "3")
    ]

    drawn = printing.table(("FINDING", "STATE", "WHAT", "WATCHER", "SEEN"), rows)

    assert max(map(len, drawn.splitlines())) <= width
    assert {word for cell in rows[0] for word in cell.split()} <= set(drawn.split())
