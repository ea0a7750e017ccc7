"""A publisher moves its file for good: from the redirect to the deployed line, on a desk, by nobody's hand.

Only with --long: the gate has each step in tests/functions/test_moves.py and test_deployment.py, and one fix of a whole
desk in test_an_unwritten_page.py.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.checkouts import copied_checkout

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("is_long")]
SCRIPT = Path(__file__).with_name("moving.py")


def _run(folder: Path, ending: str) -> dict[str, Any]:
    with copied_checkout(folder) as checkout:
        done = checkout.python(str(SCRIPT), ending)
        assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_a_source_that_moved_is_asked_at_its_new_home_by_a_fix_that_deploys_itself_and_is_kept(tmp_path: Path) -> None:
    """No edition of it comes meanwhile: that its new home answers is enough."""
    told = _run(tmp_path, "kept")
    old, new = told["old"], told["old"].replace("/feeds/", "/new/feeds/")

    [task] = told["tasks"]
    assert (task["payload"]["kind"], task["payload"]["old"], task["payload"]["new"]) == ("address_moved", old, new)
    [change] = told["changes"]
    assert (change["status"], f'+_moved = ["{old} -> {new}"]' in change["diff"]) == ("proved", True)
    [deployment] = told["deployments"]
    assert deployment["status"] == "kept", deployment
    since = [fetch for fetch in told["fetches"] if fetch["at"] > deployment["live_at"]]
    assert {(fetch["url"], fetch["moved_to"]) for fetch in since} == {(new, None)}
    assert {fetch["result"] for fetch in since} <= {"new", "unchanged", "not_modified"}
    assert all(finding["closed_at"] for finding in told["findings"] if finding["kind"] == "address_moved")


def test_a_new_home_that_goes_bad_once_it_is_asked_takes_the_line_back_and_the_old_address_is_asked_again(
    tmp_path: Path,
) -> None:
    told = _run(tmp_path, "breaks")
    old, new = told["old"], told["old"].replace("/feeds/", "/new/feeds/")

    task, change = told["tasks"][0], told["changes"][0]
    assert (task["payload"]["kind"], task["payload"]["old"], task["payload"]["new"]) == ("address_moved", old, new)
    assert (change["status"], f'+_moved = ["{old} -> {new}"]' in change["diff"]) == ("proved", True)
    assert {f["url"] for f in told["fetches"] if f["at"] > told["deployments"][0]["live_at"]} >= {new}
    ended = told["deployments"][0]
    assert ended["status"] == "rolled_back", ended
    assert "is still not read" in ended["reason"]
    since = [fetch for fetch in told["fetches"] if fetch["at"] > ended["ended_at"]]
    assert {fetch["url"] for fetch in since} == {old}
    assert since[-1]["result"] in ("new", "unchanged", "not_modified")
    assert "rolled_back" in {finding["kind"] for finding in told["findings"]}
