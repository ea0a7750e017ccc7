"""Pages that the code cannot write: from two fires that failed to pages that customers have, on a desk."""

import json
from pathlib import Path

import pytest

from company.sandbox.diffs import make_diff
from patchfirst.vertical import VERTICAL
from tests.functions.unwritten import FILE, KNOWN, TEST
from tests.support.checkouts import copied_checkout

pytestmark = pytest.mark.slow
SCRIPT = Path(__file__).with_name("unwriting.py")


def test_pages_that_code_cannot_write_leave_after_a_fix_that_is_proved_asked_about_deployed_and_kept(
    tmp_path: Path,
) -> None:
    with copied_checkout(tmp_path) as checkout:
        file = checkout.root / "layers" / "patchfirst" / "python" / FILE
        whole = file.read_text()
        file.write_text(broken := whole.replace(KNOWN, ""))
        done = checkout.python(str(SCRIPT), json.dumps({"diff": make_diff(FILE, broken, whole), "test": TEST}))
        assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])

    [task], [change], [deployment] = told["tasks"], told["changes"], told["deployments"]
    assert (task["payload"]["kind"], task["payload"]["customer_ids"]) == ("page_unwritten", [1, 2])
    assert (change["status"], change["evidence"]["rows"]) == ("proved", 2), change["verdict"]
    assert [question["question"] for question in told["questions"]] == ["Deploy C-1 (pages of ransomware)?"]
    assert (deployment["status"], deployment["reason"].endswith(", 2 such pages sent")) == ("kept", True), deployment
    assert [(page["customer_id"], page["status"]) for page in told["deliveries"]] == [(1, "sent"), (2, "sent")]
    assert all(page["written_at"] > deployment["live_at"] for page in told["deliveries"])
    assert [one.name for one in VERTICAL.customers if one.name in json.dumps(told)] == []
