"""That an assigner notes of a record that it is disputed is read, and said beside the date of the record."""

from typing import Any

import pytest

from company.vertical import Details
from patchfirst.lookup.answers import CveAnswer
from patchfirst.lookup.wording import page
from patchfirst.reasons import reasons_of
from patchfirst.sources.cves import read_record
from tests.pipeline import small_changes
from tests.pipeline.test_changes import record, tarred
from tests.pipeline.works import Works
from tests.support.asked_api import Api
from tests.vertical.test_cve_list import COLUMNS

SAYS = "; its assigner notes that it is disputed"


@pytest.mark.parametrize(
    ("tags", "read"),
    [
        (["disputed"], True),
        (["unsupported-when-assigned", "x_Disputed"], True),
        (["unsupported-when-assigned"], None),
        ([], None),
        (None, None),
        ([7, {"disputed": True}], None),
        ("disputed", None),
    ],
)
def test_a_record_is_disputed_by_its_assigners_word(tags: Any, read: bool | None) -> None:
    details = Details()

    one = read_record(record(1, "2026-03-11T05:00:00Z", tags=tags), details)

    assert dict(zip(COLUMNS, one, strict=True))["is_disputed"] is read
    assert ("tags" in details.unread) is isinstance(tags, str)


def test_a_disputed_record_is_said_to_be_and_scored_as_any_other(works: Works) -> None:
    disputed, plain = small_changes.record_of(1), small_changes.record_of(2)
    disputed["containers"]["cna"]["tags"] = ["disputed"]
    works.take_in("cves", tarred(disputed, plain), small_changes.stamp(works))
    works.run("link", "score")
    api = Api(works.brain)
    cves = ["CVE-2025-90001", "CVE-2025-90002"]

    said = [{r.part: r.says for r in reasons}["recency"] for reasons in reasons_of(works.brain.owner, cves).values()]
    answers = [CveAnswer.model_validate_json(api.ask(f"/v1/cve/{cve}")["body"]) for cve in cves]

    assert [SAYS in one for one in said] == [SAYS in page(one) for one in answers] == [True, False]
    assert [one.record and one.record.is_disputed for one in answers] == [True, False]
    scores = works.rows("SELECT DISTINCT score FROM company.scores")
    assert len(scores) == 1
