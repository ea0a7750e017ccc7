"""The pipeline over the editions of one folder, hour by hour through one day."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.outside.pipeline_days import PipelineDay
from tests.pipeline.conftest import works
from tests.pipeline.works import Works

__all__ = ["works"]

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases"


@pytest.fixture
def day_on(works: Works) -> Callable[..., PipelineDay]:
    """Runs the pipeline for a day or more on the folder of one case; gives what it left behind."""

    def run(case: str, days: int = 1) -> PipelineDay:
        folder = CASES / case
        if not folder.is_dir():
            pytest.skip("skipped: no cases beside this checkout")
        day = PipelineDay(works, folder, days)
        day.run()
        return day

    return run
