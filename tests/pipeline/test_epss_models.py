"""A day of EPSS that does not name its model hides no move, and no change of the model."""

from datetime import datetime, timedelta

import pytest

from tests.pipeline.grown import grown
from tests.pipeline.works import Works, epss

CVE, OTHER = "CVE-2025-90001", "CVE-2025-90002"


def _take(works: Works, day: int, score: float, model: str) -> None:
    at = f"2026-03-{day}T12:55:00Z"
    works.brain.set_now(datetime.fromisoformat(at) + timedelta(hours=1))
    works.take_in("epss", epss(f"{CVE},{score},0.9", f"{OTHER},0.5,0.8", at=at, model=model), at)
    works.run("link", "score")


template_brain = grown(lambda works: _take(works, 11, 0.1, "v4"))


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ([(0.95, "v4")], [12]),
        ([(0.95, "v5")], []),
        ([(0.95, "")], [12]),
        ([(0.1, ""), (0.95, "v4")], [13]),
        ([(0.95, ""), (0.1, "v4")], [12, 13]),
        ([(0.1, ""), (0.95, "v5")], []),
        ([(0.1, ""), (0.1, ""), (0.95, "v5")], []),
        ([(0.95, "v5"), (0.95, "")], []),
    ],
)
def test_a_day_that_names_no_model_has_the_model_of_before(
    works: Works, days: list[tuple[float, str]], told: list[int]
) -> None:
    for day, (score, model) in enumerate(days, start=12):
        _take(works, day, score, model)

    moves = works.rows("SELECT at FROM patchfirst.score_moves WHERE cve = %(cve)s ORDER BY at", cve=CVE)

    assert [move["at"].day for move in moves] == told
