"""A table fits its terminal and leaves nothing out."""

import pytest

from watchbill.cli import printing

HEAD = ("FINDING", "WHAT", "WATCHER")
LONG = "the edition of a source that everybody waits for has been held since Monday because its rows are half as many"
ROWS = [("F-12", LONG, "scraping_manager"), ("F-3", "one thing", "ceo")]


@pytest.mark.parametrize("columns", [30, 40, 60, 80, 112, 200])
def test_a_table_fits_any_terminal_and_says_everything(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "width", lambda: columns)

    page = printing.table(HEAD, ROWS)

    assert max(map(len, page.splitlines())) <= columns
    said = page.split()
    assert [word for row in (HEAD, *ROWS) for cell in row for word in cell.split() if word not in said] == []
    assert all(line == line.rstrip() for line in page.splitlines())


def test_a_wide_terminal_gets_one_line_for_each_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "width", lambda: 200)

    assert len(printing.table(HEAD, ROWS).splitlines()) == 3


def test_a_cell_can_neither_command_the_terminal_nor_break_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "width", lambda: 80)

    page = printing.table(("A", "B"), [("[bold]x[/bold]", "one\ntwo\x1b[31m\tthree")])

    assert page.splitlines()[1] == "[bold]x[/bold]  one two?[31m three"
