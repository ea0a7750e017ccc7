"""Documents and pages name only commands, options, make targets and files that exist."""

import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import typer.main

from tests.contracts.repository import ROOT, name
from tests.contracts.test_documents import DOCUMENTS, PAGES
from watchbill.cli.app import app

CODE = re.compile(r"```[a-z]*\n(.*?)```|`([^`\n]+)`", re.S)
COMMAND = re.compile(r"(?:^|[\s(/])watchbill ((?:[a-z][a-z-]*)(?: [^|#·;)\n]*)?)", re.M)
TARGET = re.compile(r"(?:^|\s)make ([a-z]+)")
PLACE = re.compile(r"(?<![\w./-])((?:functions|layers|sql|watchbill|tests|infra|docs|bench)/[\w./-]*\w)")
HISTORY = {"CHANGELOG.md", "docs/decisions.md"}
"""They tell of what was, too."""
OF_THE_READERS = {"infra/template.coast.yaml"}
"""What a reader who follows the page makes."""
OF_EVERY_COMMAND = {"--help", "-h", "--version", "--aws"}


def code_of(path: Path) -> Iterator[str]:
    """What a page writes as code: spans, and blocks."""
    for block, span in CODE.findall(path.read_text(encoding="utf-8")):
        yield block or span


def wrong_command(words: Sequence[str]) -> str | None:
    """What of `watchbill WORDS` does not exist; None where all does."""
    group: Any = typer.main.get_command(app)
    context, options = typer.Context(group), set[str]()
    for word in words:
        found = group.get_command(context, word) if hasattr(group, "get_command") else None
        if found is None:
            break
        group = found
        options |= {option for parameter in group.params for option in (*parameter.opts, *parameter.secondary_opts)}
    else:
        return None if options else words[0]
    if not options:
        return words[0]
    known = options | OF_EVERY_COMMAND
    return next((word for word in words if word.startswith("--") and word.partition("=")[0] not in known), None)


def missing() -> Iterator[str]:
    rules = re.findall(r"(?m)^([a-z][a-z ]*):", (ROOT / "Makefile").read_text(encoding="utf-8"))
    targets = {target for rule in rules for target in rule.split()}
    for path in (page for page in (*DOCUMENTS, *PAGES) if name(page) not in HISTORY):
        for code in code_of(path):
            for found in COMMAND.findall(code):
                if wrong := wrong_command(found.split()):
                    yield f"{name(path)}: watchbill {found}: {wrong}"
            yield from (f"{name(path)}: make {one}" for one in TARGET.findall(code) if one not in targets)
            yield from (f"{name(path)}: {place}" for place in PLACE.findall(code) if not is_there(place))


def is_there(place: str) -> bool:
    """A file, a module, a folder, or, with _ at its end, the beginning of some."""
    known = (ROOT / place).exists() or (ROOT / f"{place}.py").is_file() or place in OF_THE_READERS
    return known or (place.endswith("_") and any(ROOT.glob(f"{place}*")))


def test_every_command_option_target_and_file_that_a_page_names_exists() -> None:
    assert list(missing()) == []


def test_the_search_finds_what_does_not_exist() -> None:
    assert wrong_command(["drill", "--fault", "blocked"]) is None
    assert wrong_command(["customers", "dashboard", "NAME"]) is None
    assert wrong_command(["drill", "--flood"]) == "--flood"
    assert wrong_command(["customers", "key", "--flood"]) == "--flood"
    assert wrong_command(["fire"]) == "fire"


def commands(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    """Every command that is run, with its words after `watchbill`: also those of a group, and the group itself."""
    for word, command in group.commands.items():
        words = f"{before}{word}"
        yield words, command
        if hasattr(command, "commands"):
            yield from commands(command, f"{words} ")


COMMANDS = dict(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("words", COMMANDS)
def test_the_help_of_every_command_ends_with_an_example_of_itself(words: str) -> None:
    [example] = re.findall(r"^For example: watchbill (.+)$", COMMANDS[words].epilog or "") or [""]

    assert example.startswith(words)
    assert wrong_command(shlex.split(example)) is None
    assert len(f"  For example: watchbill {example}") < 80, "else it is broken in two at 80 columns"
