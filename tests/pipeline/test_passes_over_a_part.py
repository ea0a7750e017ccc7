"""A pass looks at no more than what may have moved, and leaves what a pass over everything would leave."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from company.pipeline.rows.scoring import record_model
from patchfirst.scores import SCORES
from tests.pipeline.grown import grown
from tests.pipeline.small_changes import (
    DATE,
    KNOWN,
    LISTED,
    change,
    differing,
    exploit,
    last_pass,
    ready,
    record_of,
    serve,
    stamp,
    take,
    take_exploits,
    take_nvd,
)
from tests.pipeline.works import Works, kev, kev_entry

template_brain = grown(ready)


def test_a_pass_after_one_record_looks_at_one_entity(works: Works) -> None:
    before = works.rows("SELECT parts FROM company.scores WHERE entity = 'CVE-2025-90001'")

    scored = {"cvssV3_1": {"version": "3.1", "baseScore": 9.8, "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H"}}
    one = record_of(1)
    one["containers"]["cna"]["metrics"] = [scored]
    done = change(works, one)

    assert (done["is_whole"], done["looked_at"], done["changed"]) == (False, 1, 1)
    after = works.rows("SELECT parts FROM company.scores WHERE entity = 'CVE-2025-90001'")
    assert (before[0]["parts"][8], after[0]["parts"][8]) == (None, 1)
    assert differing(works) == []


def test_a_new_one_in_a_year_whose_dates_are_all_known_is_scored_with_its_neighbours(works: Works) -> None:
    done = change(works, record_of(2, year=2023))

    assert (done["is_whole"], done["looked_at"], done["added"]) == (False, 1, 1)
    (new,) = works.rows("SELECT parts FROM company.scores WHERE entity = 'CVE-2023-90002'")
    assert new["parts"][6] > 0
    assert differing(works) == []


def test_one_of_which_only_an_exploit_is_known_has_its_neighbours_as_with_its_record(works: Works) -> None:
    take_exploits(works, [exploit(2, codes="CVE-2023-90002")])
    works.run("score")
    (before,) = works.rows("SELECT parts FROM company.scores WHERE entity = 'CVE-2023-90002'")

    done = change(works, record_of(2, year=2023))

    (after,) = works.rows("SELECT parts FROM company.scores WHERE entity = 'CVE-2023-90002'")
    assert (before["parts"][5], before["parts"][7]) == (None, pytest.approx(0.7))
    assert (done["is_whole"], before["parts"][6]) == (False, after["parts"][6])
    assert after["parts"][6] > 0
    assert differing(works) == []


def test_one_of_which_only_an_exploit_comes_to_be_known_has_its_neighbours_at_once(works: Works) -> None:
    take_exploits(works, [])
    works.run("score")

    take_exploits(works, [exploit(2, codes="CVE-2023-90002")])
    works.run("score")

    (new,) = works.rows("SELECT parts FROM company.scores WHERE entity = 'CVE-2023-90002'")
    assert (last_pass(works)["is_whole"], new["parts"][6] > 0) == (False, True)
    assert differing(works) == []


def test_an_exploit_that_comes_or_changes_is_looked_at_alone(works: Works) -> None:
    take_exploits(works, [exploit(1, codes="CVE-2025-90001"), exploit(2, codes="CVE-2025-90002;CVE-2018-7007")])
    works.run("score")
    first = last_pass(works)

    later = [exploit(1, codes="CVE-2025-90003"), exploit(2, codes="CVE-2025-90002", is_verified=False)]
    take_exploits(works, [*later, exploit(3, codes="CVE-2025-90004")])
    works.run("score")

    done = last_pass(works)
    assert (first["is_whole"], done["is_whole"]) == (True, False)
    assert (done["looked_at"], done["changed"], done["removed"]) == (5, 4, 1)
    assert differing(works) == []


def test_a_record_that_is_rejected_loses_its_score_and_gets_it_again(works: Works) -> None:
    change(works, record_of(2, year=2023))

    gone = change(works, record_of(2, year=2023, state="REJECTED"))
    back = change(works, record_of(2, year=2023))

    assert [(one["is_whole"], one["removed"], one["added"]) for one in (gone, back)] == [(False, 1, 0), (False, 0, 1)]
    assert differing(works) == []


def test_a_date_that_is_read_takes_the_place_of_the_estimate(works: Works) -> None:
    done = change(works, record_of(30))

    assert (done["is_whole"], done["looked_at"]) == (False, 1)
    assert differing(works) == []


def test_an_undated_record_keeps_its_estimate(works: Works) -> None:
    done = change(works, record_of(31, is_dated=False))

    assert (done["is_whole"], done["looked_at"]) == (False, 1)
    assert differing(works) == []


def test_a_new_number_moves_the_estimated_dates_of_its_year_which_alone_are_looked_at(works: Works) -> None:
    before = _recencies(works)

    done = change(works, record_of(1, year=2022))

    moved = {cve for cve, recency in _recencies(works).items() if recency != before.get(cve)}
    assert moved == {"CVE-2022-90001", "CVE-2022-90005", "CVE-2022-90007"}
    assert (done["is_whole"], done["looked_at"], done["added"], done["changed"]) == (False, 3, 1, 2)
    assert differing(works) == []


def test_the_brief_counts_what_came_and_went_since_the_last_pass_over_everything(works: Works) -> None:
    change(works, record_of(1, year=2022), record_of(2, year=2023))
    change(works, record_of(9, year=2023, state="REJECTED"))
    span = {"since": works.brain.now() - timedelta(days=1), "until": works.brain.now() + timedelta(days=1)}

    row = works.brain.as_role("ceo").one("brief_scores", **span)

    assert row is not None
    assert (row["passes"], row["looked_at"]) == (3, works.value("SELECT count(*) FROM company.scores"))
    assert not last_pass(works)["is_whole"]


def test_a_new_one_without_a_date_is_dated_by_its_number(works: Works) -> None:
    done = change(works, record_of(1, year=2022, is_dated=False))

    estimated = _recencies(works)
    assert estimated["CVE-2022-90000"] < estimated["CVE-2022-90001"] < estimated["CVE-2022-90005"]
    assert (done["is_whole"], done["looked_at"]) == (False, 3)
    assert differing(works) == []


def test_the_first_undated_one_of_a_year_is_dated_among_all_numbers_of_it(works: Works) -> None:
    done = change(works, record_of(5, year=2023, is_dated=False))

    assert (done["is_whole"], done["looked_at"], done["added"]) == (False, 1, 1)
    assert differing(works) == []


def _recencies(works: Works) -> dict[str, float]:
    return {
        row["entity"]: row["recency"] for row in works.rows("SELECT entity, parts[6] AS recency FROM company.scores")
    }


def _list_another(works: Works) -> None:
    works.brain.wait(hours=6)
    listed = kev(*(kev_entry(n) for n in range(4)), *LISTED, at=stamp(works))
    assert works.take_in("kev", listed, stamp(works))["promoted"] == 1


def _undo(works: Works) -> None:
    change(works, record_of(3))
    works.brain.as_role("data_auditor").run("undo_batch", batch=works.last_batch()["id"], reason="it was wrong")


def _apply_other_code(works: Works) -> None:
    works.brain.as_login("superuser").execute("UPDATE migrations.applied SET applied_at = now() WHERE name = 'all'")


def _forget_staging(works: Works) -> None:
    take(works, record_of(3))
    works.brain.as_login("superuser").execute("UPDATE company.batches SET staging_dropped_at = company.now()")


def _take_back_a_rejection(works: Works) -> None:
    assert change(works, record_of(9, year=2023, state="REJECTED"))["removed"] == 1
    take(works, record_of(9, year=2023))


def _lose_an_exploit(works: Works) -> None:
    works.brain.as_login("superuser").execute("UPDATE company.streams SET max_drop = 1")
    take_exploits(works, [exploit(1, codes="CVE-2025-90001"), exploit(2, codes="CVE-2025-90002")])
    works.run("score")
    take_exploits(works, [exploit(1, codes="CVE-2025-90001")])


def _lose_nvds_date(works: Works) -> None:
    works.brain.wait(hours=2)
    dated, undated = ({"id": "CVE-2025-90007", "metrics": {}, **more} for more in ({"published": DATE}, {}))
    for entry in (dated, undated):
        take_nvd(works, entry)
        works.run(*["score"] * (entry is dated))


WHOLE: dict[str, Callable[[Works], object]] = {
    "a new day": lambda works: works.brain.wait(days=1),
    "another source": _list_another,
    "an undoing": _undo,
    "other code": _apply_other_code,
    "rows that are there no more": _forget_staging,
    "a tenth of all": lambda works: take(works, *(record_of(n) for n in range(10, 17))),
    "a number that moves the estimated dates of a tenth": lambda works: take(works, record_of(KNOWN + 5)),
    "a date that is gone": lambda works: take(works, record_of(1, is_dated=False)),
    "the first list of exploits": lambda works: take_exploits(works, [exploit(1, codes="CVE-2025-90001")], others=2),
    "an exploit that is gone": _lose_an_exploit,
    "a date of NVD that is gone": _lose_nvds_date,
    "one whose place by EPSS is not known any more": _take_back_a_rejection,
}


@pytest.mark.parametrize("why", WHOLE)
def test_a_pass_looks_at_everything_after(works: Works, why: str) -> None:
    WHOLE[why](works)
    done = change(works, record_of(4))

    assert done["is_whole"]
    assert differing(works) == []


def test_a_pass_looks_at_everything_under_another_model(works: Works) -> None:
    take(works, record_of(4))
    score = works.brain.as_role("score")
    record_model(score, replace(SCORES, version="other"))

    score.run("score_all", version="other", features=SCORES.features)

    assert last_pass(works)["is_whole"]
    assert works.value("SELECT count(*) FROM company.scores WHERE model_version <> 'other'") == 0


def test_a_promotion_that_ends_after_the_pass_which_began_later_is_scored_by_the_next(works: Works) -> None:
    """It is dated before that pass, which did not see it."""
    serve(works, record_of(5))
    works.run("scrape_cves", "check")
    late = works.last_batch()["id"]
    with works.brain.connect("promote").connection.transaction() as held:
        held.connection.execute("SELECT company.promote(%s)", (late,))
        works.brain.wait(minutes=1)
        works.brain.as_role("score").run("score_all", version=SCORES.version, features=SCORES.features)
    assert last_pass(works)["looked_at"] == 0

    works.run("score")

    done = last_pass(works)
    assert (done["is_whole"], done["looked_at"]) == (False, 1)
    assert differing(works) == []
