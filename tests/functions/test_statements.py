"""build_worker: what its tools say of the product's statements, and what they do not draft."""

from typing import Any

import pytest

from company.errors import ToolError
from company.fire.fire import Fire
from company.outcomes import Done, Outcome
from tests.functions.office import Office
from tests.functions.workshop import edition


def _used(office: Office, tool: str, **given: Any) -> Any:
    """What the tool gives, or its error."""
    answers: list[Any] = []

    def work(fire: Fire) -> Outcome:
        try:
            answers.append(fire.use_named(tool, given))
        except ToolError as error:
            answers.append(str(error))
        return Done({"tools": 1})

    office.works.brain.wait(minutes=1)
    office.works.fire("build_worker", work, cloud=office.works.cloud, bucket="works", request_id=tool)
    return answers[0]


def test_checks_links_and_staged_rows_are_shown_as_they_are(office: Office) -> None:
    office.works.take_in("kev", edition(17))

    checks, links = _used(office, "read_checks", source="kev"), _used(office, "read_links")
    rows = _used(office, "staged_rows", raw_id=1, keys=["CVE-2025-90001"])

    assert [check.name for check in checks] == ["check_kev_dates", "check_kev_due_after_added"]
    assert "patchfirst.kev_staging" in checks[0].text and checks[0].file == "patchfirst/queries/checks.sql"
    assert links[0].text.startswith("WITH further") and links[0].used_by == ["cves"]
    assert [row["cve"] for row in rows] == ["CVE-2025-90001"]


ROWS = "SELECT row_no, 'x' AS reason FROM patchfirst.kev_staging WHERE batch_id = %(batch)s"
NOT_DRAFTED = [
    ("draft_check", {"name": "check_x", "rows": ROWS, "raw_id": 1, "keys": ["a"]}, "no check asks check_x"),
    ("draft_check", {"name": "check_kev_dates", "rows": ROWS, "raw_id": 1, "keys": []}, "keys is empty"),
    ("draft_check", {"name": "check_kev_dates", "rows": "DELETE", "raw_id": 1, "keys": ["a"]}, "rows is one SELECT"),
    ("draft_link", {"name": "check_kev_dates", "old": "a", "new": "b"}, "no link asks check_kev_dates"),
    ("draft_link", {"name": "link_vendors", "old": "v.", "new": "b"}, "name one that is there once"),
    ("draft_weights", {"task_id": 1, "weights": {"a": 1.0}, "numbers": {}}, "weights has all parts of the score"),
]


@pytest.mark.parametrize(("tool", "given", "says"), NOT_DRAFTED, ids=[says for _, _, says in NOT_DRAFTED])
def test_what_is_not_drafted_says_what_to_do(office: Office, tool: str, given: dict[str, Any], says: str) -> None:
    assert says in _used(office, tool, **given)


def test_a_passage_of_a_link_is_drafted(office: Office) -> None:
    drafted = _used(office, "draft_link", name="link_vendors", old="v.name IS NOT NULL", new="v.name <> ''")

    assert "+JOIN company.spellings v ON v.kind = 'vendor' AND v.spelling = k.vendor AND v.name <> ''" in drafted.diff
