"""Brains that all begin where some work of the pipeline was done: for a module's tests it is done once."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any

import pytest

from patchfirst.vertical import VERTICAL
from tests.pipeline.works import Works
from tests.support.brains import Company, TestBrain, brain_of
from tests.support.fires import Fires
from watchbill.cloud.aws import LocalAws, desk_cloud
from watchbill.cloud.feeds import FeedServer

FIRED = 1_000
"""The number after which the fires of that work are counted, so that no test's fire repeats a request id of theirs."""


@contextmanager
def at_work(brain: TestBrain, fire: Fires, cloud: LocalAws) -> Iterator[Works]:
    """The pipeline over a brain, asking a feed server that has no bodies yet."""
    cloud.client("s3").create_bucket(Bucket="works")
    cloud.client("ses").verify_email_identity(EmailAddress="company@example.invalid")
    server = FeedServer(VERTICAL.sources, (), brain.now)
    with server.serving():
        yield Works(brain, fire, cloud, server)


def grown(grow: Callable[[Works], object]) -> Any:
    """A module's `template_brain`: each brain of its tests, and the one that they share, begins where `grow` ended.

    Only the database is kept: a test finds no served body, no object, no message and no schedule of that work. The
    clock stands where the work ended.
    """

    @pytest.fixture(scope="module")
    def template_brain(template_brain: Company) -> Iterator[Company]:
        with brain_of(template_brain) as brain:
            with desk_cloud() as cloud, closing(Fires(brain)) as fire, at_work(brain, fire, cloud) as works:
                works.fired = FIRED
                grow(works)
            brain.close()  # Postgres copies no database that somebody is connected to.
            yield replace(template_brain, template=brain.name)

    return template_brain
