"""An office for the staff: the pipeline, and the schedules as EventBridge has them."""

import pytest

from tests.functions.office import Office
from tests.pipeline import conftest as pipeline
from tests.pipeline.works import Works

works = pipeline.works


@pytest.fixture
def office(works: Works) -> Office:
    """The staff over one brain, with an empty schedule group."""
    works.cloud.client("scheduler").create_schedule_group(Name=Office.GROUP)
    return Office(works)
