"""What a command takes of the shell that it is typed in: on AWS its credentials, on the desk none of them."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Watchbill
from watchbill.cli import last_desk


def typed(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """As at a terminal, in a process of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "WATCHBILL_"))}
    command = [sys.executable, "-m", "watchbill", *arguments]
    return subprocess.run(command, env={**kept, **variables}, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [
        (("org", "--aws"), {}),
        (("org",), {"WATCHBILL_STACK": "blue"}),
        (("deploy", "--check"), {}),
    ],
)
def test_what_works_on_aws_has_the_credentials_of_the_shell(
    arguments: tuple[str, ...], variables: dict[str, str]
) -> None:
    done = typed(*arguments, AWS_PROFILE="not_there", AWS_ENDPOINT_URL="http://127.0.0.1:9", **variables)

    assert done.returncode == 1
    assert "The config profile (not_there) could not be found" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_command_on_the_desk_has_none_of_them(watchbill: Watchbill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "not_there")

    watchbill("org")

    assert "AWS_PROFILE" not in os.environ


@pytest.mark.parametrize("text", [None, "Resources: {}\n"])
def test_a_checkout_without_a_good_template_has_help_and_one_line_for_the_rest(
    tmp_path: Path, text: str | None
) -> None:
    template = tmp_path / "template.yaml"
    if text is not None:
        template.write_text(text, encoding="utf-8")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        code = (
            f"import sys, pathlib; from watchbill import cli, home; home.TEMPLATE = pathlib.Path({str(template)!r})\n"
        )
        code += f"sys.argv = ['watchbill', *{arguments!r}]; cli.main()"
        return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)

    assert [run(*words).returncode for words in (("--help",), ("--version",), ("day", "--help"))] == [0, 0, 0]
    result = run("template")

    assert (result.returncode, result.stderr.count("\n")) == (1, 1), result.stderr
    assert "template.yaml" in result.stderr


@pytest.mark.parametrize(("is_ours", "is_there"), [(True, True), (True, False), (False, True), (False, False)])
def test_a_file_that_may_not_be_opened_is_named_with_what_is_in_the_way(
    watchbill: Watchbill, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, is_ours: bool, is_there: bool
) -> None:
    path, way = tmp_path / "a file", tmp_path / "a file" if is_there else tmp_path
    path.touch() if is_there else None

    def forbidden(_: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(last_desk, "last_day", forbidden)
    if not is_ours:
        monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)

    result = watchbill("org")

    mode = f"cannot be read or written: its mode forbids it. To allow it: chmod u+rwX {shlex.quote(str(way))}"
    theirs = f"is not this user's ({tmp_path.owner()}'s). Run as that user, or in a checkout of your own."
    assert (result.code, result.err) == (1, f"watchbill: {way} {mode if is_ours else theirs}\n")


@pytest.mark.parametrize("name", ["nope", "no.such", "../x"])
def test_a_product_that_is_not_there_is_named_with_those_that_are(
    watchbill: Watchbill, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("VERTICAL", name)

    result = watchbill("day")

    assert (result.code, result.err) == (2, f"watchbill: There is no product {name!r}. There are: patchfirst.\n")
