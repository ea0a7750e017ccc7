"""What a hostile or tired owner types: an answer of one line, no traceback, nothing that the terminal would obey."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Watchbill
from tests.support import acts
from tests.support.brains import TestBrain
from watchbill.cli.printing import CONTROLS
from watchbill.home import LastDay

HOSTILE = "a\x1b]0;owned\x07\x1b[2J\x9b31m\u202eb"


CASES = (
    (("customers", "add", "", "--email", "a@b.example"), 1, "is no name: it has no letter and no digit"),
    (("customers", "add", HOSTILE, "--email", "a@b.example"), 1, "it has a sign that nobody sees"),
    (("customers", "add", "A", "--email", "nobody"), 1, "'nobody' is no mail address: write one like"),
    (("customers", "add", "A", "--email", "a@b.example\nBcc: c@d.example"), 1, "is no mail address"),
    (("customers", "add", "A", "--email", "a@b.example,c@d.example"), 1, "is no mail address"),
    (("customers", "add", "A", "--email", "jürgen@b.example"), 1, "has letters that SES takes in no address: ask for"),
    (("customers", "add", "A", "--email", "a@b.example", "--kind", HOSTILE), 2, "There is no kind of delivery"),
    (("customers", "add", "A", "--email", "a@b.example", "--filters", '{"nope": 1}'), 1, "nope"),
    (("customers", "add", "A", "--email", "a@b.example", "--filters", "["), 2, "is not a JSON object"),
    (("customers", "preview", HOSTILE), 2, "There is no customer 'a"),
    (("customers", "end-key", HOSTILE), 1, "No key that is good is called 'a"),
    (("approvals", HOSTILE, "open"), 2, "watchbill: "),
    (("approvals", "", "open"), 2, "There is no action ''. There are: act_by_model"),
    (("logs", ""), 2, "There is no role ''. There are: "),
    (("logs", "ceo", "--slot", "nope"), 2, "is no slot: write ceo@"),
    (("logs", "--slot", "ceo@2020-01-01T00:00"), 1, "no slot of ceo was due"),
    (("logs", "--filter", "{"), 2, "has no } at its end"),
    (("cost", "--since", ""), 2, "--since '' is not a date"),
    (("customers", "keys", "nobody"), 2, "There is no customer 'nobody'"),
    (("leave", "--to", "/proc/nowhere"), 1, "/proc/nowhere cannot be made"),
    (("new-vertical", "../x"), 1, "../x"),
    (("slots", "ceo", ""), 2, "'' is no time"),
    (("slots", "ceo", "25:00"), 2, "'25:00' is no time"),
    (("why", ""), 2, "nothing here is called ''"),
    (("findings", "mute", "", "--until", "2026-03-20"), 2, "'' is not a finding"),
    (("new-vertical", "", "--example"), 1, "'' cannot name a product"),
    (("as-of", "0001-01-01", "CVE-2026-0001"), 2, "0001-01-01 is out of range: write a day from 1970 on."),
    (("why", "D-\u0661"), 2, "nothing here is called"),
    (("pause", HOSTILE), 2, "There is no role with a schedule 'a"),
    (("decide", HOSTILE, HOSTILE), 2, "is not a question"),
    (("findings", "mute", "F-1", "--until", HOSTILE), 2, "is not a time"),
    (("why", HOSTILE), 2, "nothing here is called"),
    (("slots", HOSTILE), 2, "There is no schedule"),
    (("slots", "--since", HOSTILE), 2, "is not a span of time"),
    (("logs", HOSTILE), 2, "There is no role 'a"),
    (("dsn", "--as", HOSTILE), 2, "There is no role 'a"),
    (("brief", "--date", HOSTILE), 2, "is not a date"),
    (("as-of", HOSTILE, "x"), 2, "is no day"),
    (("day", "--feeds", "/nowhere/" + HOSTILE.replace("\x07", ""), "--calm"), 1, "no such folder or file"),
    (("day", "--feeds", "", "--calm"), 2, "An empty name is no file and no folder"),
    (("week", "--feeds="), 2, "An empty name is no file and no folder"),
    (("backtest", "--date", "2026-03-11", "--feeds", ""), 2, "An empty name is no file and no folder"),
    (("leave", "--to", ""), 2, "An empty name is no file and no folder"),
    (("changes", "export", "--into", ""), 2, "An empty name is no file and no folder"),
    (("template", "--out", ""), 2, "An empty name is no file and no folder"),
    (("invoke", "ceo", "--event", ""), 2, "An empty name is no file and no folder"),
    (("hire", HOSTILE, "--like", "data_worker"), 1, "is not a name for a role"),
    (("hire", "data_clerk", "--like", HOSTILE), 2, "There is no role 'a"),
    (("retire", HOSTILE), 2, "There is no role 'a"),
    (("retire", "../functions/ceo"), 2, "There is no role '../functions/ceo'"),
    (("cost", "--limit", "nobody=1"), 2, "There is no company or role 'nobody'"),
    (("dsn", "--as", ""), 2, "There is no role ''. There are: "),
    (("hire", "data_clerk", "--like", "data_worker", "--reports-to", "nobody"), 2, "There is no role 'nobody'"),
    (("template", "--out", "infra/nowhere/t.yaml"), 2, "is outside"),
    (("new-vertical", HOSTILE, "--example"), 1, "watchbill: "),
    (("backtest", "--date", HOSTILE, "--feeds", "/nowhere"), 2, "is not a date"),
    (("backtest", "--date", "2026-03-11", "--feeds", "/nowhere"), 1, "there is no such folder or file"),
    ((HOSTILE,), 2, "No such command"),
    (("slots", "--since", "999999d"), 2, "--since '999999d' is too long: at most 3660d."),
    (("logs", "--since", "999999d"), 2, "--since '999999d' is too long: at most 3660d."),
    (("day", "--date", "9999-12-31"), 2, "--date '9999-12-31' is out of range: write a day of 1970 to 2199."),
    (("week", "--date", "0001-01-01"), 2, "is out of range"),
    (("brief", "--date", "0001-01-01"), 2, "is out of range"),
    (("cost", "--since", "9999-12-31"), 2, "--since '9999-12-31' is out of range"),
    (("cost", "--limit", "company"), 2, "--limit 'company' is not WHO=USD: write it like company=2.00."),
    (("audits", "--tests", "yes"), 2, "--tests 'yes' is neither on nor off."),
    (("customers", "deliveries", "Alder Bank", "--last", "9" * 20), 2, "'--last'"),
    (("up", "--for", "1e300"), 2, "'--for'"),
    (("up", "--for", "nan"), 2, "'--for'"),
    (("invoke", "check", "--for-sam", "/dev/null/x"), 1, "--for-sam /dev/null/x cannot be written: Not a directory."),
    (("invoke", "ceo", "--event", "/nope"), 1, "--event /nope cannot be read: No such file or directory."),
)


def test_what_is_wrong_is_said_in_one_line_and_nothing_that_was_typed_is_obeyed(
    watchbill: Watchbill, last_day: LastDay
) -> None:
    """One brain for all: none of them changes it."""
    for arguments, code, expected in CASES:
        result = watchbill(*arguments)

        assert (result.code, result.out) == (code, ""), (arguments, result.err)
        assert expected in result.err, arguments
        assert result.err.count("\n") == 1, result.err
        assert not CONTROLS.findall(result.err), arguments


def test_json_holds_the_same_text_in_signs_that_no_terminal_obeys(
    watchbill: Watchbill, brain: TestBrain, last_day: LastDay
) -> None:
    acts.open_finding(brain, title=HOSTILE, subject="data_worker")

    out = watchbill("findings", "--json").out

    assert not CONTROLS.findall(out)
    assert json.loads(out)[0]["title"] == brain.owner.one("subject_of_finding", id=1)["title"]  # type: ignore[index]


@pytest.mark.parametrize("depth", [50, 5_000, 100_000])
def test_an_event_that_is_too_deep_is_refused_before_anything_is_opened(
    watchbill: Watchbill, tmp_path: Path, depth: int
) -> None:
    event = tmp_path / "event.json"
    event.write_text('{"role": ' + "[" * depth + "]" * depth + "}", encoding="utf-8")

    result = watchbill("invoke", "ceo", "--event", str(event))

    assert result.code == 1
    assert result.err.startswith(f"watchbill: --event {event} ")
    assert result.err.count("\n") == 1
