"""build_worker: what its tools say of code that writes pages, and what they neither try nor draft."""

from typing import Any

import pytest

from company.errors import ToolError
from company.fire.fire import Fire
from company.outcomes import Done, Outcome
from tests.functions.office import Office
from tests.functions.unwritten import FILE

BEYOND = "--- a/patchfirst/deliveries.py\n+++ b/patchfirst/deliveries.py\n@@ -1 +1 @@\n-a\n+b\n"
NOT_GIVEN: list[tuple[str, dict[str, Any], str]] = [
    ("read_page_code", {"file": "patchfirst/deliveries.py"}, "is none of them: patchfirst/feed_file.py, patchfirst/pa"),
    ("read_page_code", {"file": "patchfirst/page/../../secrets.py"}, "is none of them"),
    ("try_page_code", {"customer_ids": [], "diff": BEYOND}, "only modules that write pages are tried so"),
    ("draft_page_code", {"file": FILE, "old": "row", "new": "x"}, "name one that is there once"),
]


def test_only_modules_that_write_pages_from_facts_are_read_tried_and_drafted(office: Office) -> None:
    said: list[str] = []

    def work(fire: Fire) -> Outcome:
        for tool, given, _ in NOT_GIVEN:
            with pytest.raises(ToolError) as refused:
                fire.use_named(tool, given)
            said.append(str(refused.value))
        return Done({"tools": len(said)})

    office.works.brain.wait(minutes=1)
    office.works.fire("build_worker", work, cloud=office.works.cloud, bucket="works", request_id="tools")

    assert [text for text, (_, _, wanted) in zip(said, NOT_GIVEN, strict=True) if wanted not in text] == []
