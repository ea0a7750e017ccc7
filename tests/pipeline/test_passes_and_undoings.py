"""An undoing and a pass over the scores wait for each other, so that it is known which of them saw the other."""

from concurrent.futures import ThreadPoolExecutor

from patchfirst.scores import SCORES
from tests.pipeline.small_changes import change, differing, last_pass, ready, record_of
from tests.pipeline.works import Works
from tests.support.races import unfinished, wait_until_blocked


def _undo_the_last(works: Works) -> None:
    auditor, wrong = works.brain.as_role("data_auditor"), works.last_batch()["id"]
    auditor.connection.execute("SELECT company.undo_batch(%s, 'it was wrong')", (wrong,))


def _make_a_pass(works: Works) -> None:
    works.brain.as_role("score").run("score_all", version=SCORES.version, features=SCORES.features)


def test_a_pass_waits_for_an_undoing_and_sees_it(works: Works) -> None:
    ready(works)
    change(works, record_of(3))
    works.brain.wait(minutes=1)
    auditor, scorer = works.brain.as_role("data_auditor"), works.brain.as_role("score")

    with ThreadPoolExecutor(max_workers=1) as other:
        with unfinished(auditor):
            _undo_the_last(works)
            passing = other.submit(_make_a_pass, works)
            wait_until_blocked(works.brain, scorer, passing)
        passing.result(timeout=10)

    assert differing(works) == []


def test_an_undoing_waits_for_a_pass_and_is_seen_by_the_next_one_alone(works: Works) -> None:
    ready(works)
    change(works, record_of(3))
    auditor, scorer = works.brain.as_role("data_auditor"), works.brain.as_role("score")

    with ThreadPoolExecutor(max_workers=1) as other:
        with unfinished(scorer):
            _make_a_pass(works)
            undoing = other.submit(_undo_the_last, works)
            wait_until_blocked(works.brain, auditor, undoing)
        undoing.result(timeout=10)
    assert works.last_batch()["undone_at"] > last_pass(works)["at"]

    works.run("score")

    assert (last_pass(works)["is_whole"], differing(works)) == (True, [])
    assert works.run("score")[0]["outcome"] == "skipped"
