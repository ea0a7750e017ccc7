"""Every line of a fire is JSON with its role, slot and session."""

import json
import secrets

import pytest

from company.log import make_log


@pytest.fixture
def role() -> str:
    """A role name of its own: Powertools keeps each logger with its first output."""
    return f"tide_{secrets.token_hex(4)}"


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_line_has_the_keys_of_its_fire(role: str, capsys: pytest.CaptureFixture[str]) -> None:
    log = make_log(role).bound(schedule="tides", session_id=7)

    log.info("row 7 is odd", task_id=3)

    [line] = lines(capsys)
    expected = {"role": role, "schedule": "tides", "session_id": 7, "task_id": 3, "level": "INFO"}
    assert expected.items() <= line.items()
    assert line["message"] == "row 7 is odd"


def test_what_is_not_known_is_left_out(role: str, capsys: pytest.CaptureFixture[str]) -> None:
    make_log(role).info("looked", task_id=None)

    assert "task_id" not in lines(capsys)[0]


def test_one_fires_keys_do_not_leak_into_the_next(role: str, capsys: pytest.CaptureFixture[str]) -> None:
    log = make_log(role)
    log.bound(session_id=7).info("first")
    log.info("second")

    assert ["session_id" in line for line in lines(capsys)] == [True, False]


def test_an_error_is_one_line_with_its_traceback(role: str, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise ZeroDivisionError("seven by nothing")
    except ZeroDivisionError:
        make_log(role).exception("the work stopped")

    [line] = lines(capsys)
    assert line["exception_name"] == "ZeroDivisionError"
