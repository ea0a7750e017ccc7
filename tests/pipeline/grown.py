"""Brains that all begin where some work of the pipeline was done: for a module's tests it is done once."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from company.vertical import Edition
from patchfirst.vertical import VERTICAL
from tests.pipeline.works import Works
from tests.support.brains import Company, TestBrain, brain_of
from tests.support.clouds import empty
from tests.support.fires import Fires
from watchbill.cloud.aws import LocalAws
from watchbill.cloud.feeds import FeedServer

BUCKET = "works"
FIRED = 1_000
"""The number after which the fires of that work are counted, so that no test's fire repeats a request id of theirs."""


@dataclass(frozen=True, kw_only=True)
class Grown(Company):
    """A company whose template went through some work; what that left outside the database is put back for each test.

    objects: of the bucket, by key. editions: what the feed server served last.
    """

    objects: Mapping[str, bytes]
    editions: tuple[Edition, ...]


@contextmanager
def at_work(brain: TestBrain, fire: Fires, cloud: LocalAws) -> Iterator[Works]:
    """The pipeline over a brain, with a bucket, a sender and a feed server; they hold what a grown company left."""
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    cloud.client("ses").verify_email_identity(EmailAddress="company@example.invalid")
    grown_one = brain.company if isinstance(brain.company, Grown) else None
    for key, body in grown_one.objects.items() if grown_one else ():
        s3.put_object(Bucket=BUCKET, Key=key, Body=body)
    editions = grown_one.editions if grown_one else ()
    server = FeedServer(VERTICAL.sources, editions, brain.now)
    with server.serving():
        yield Works(brain, fire, cloud, server, list(editions))


def grown(grow: Callable[[Works], object]) -> Any:
    """A module's `template_brain`: each brain of its tests, and the one that they share, begins where `grow` ended.

    Its clock stands where the work ended. A test finds the objects of the bucket and what was served, but no message,
    no schedule and no function of that work.
    """

    @pytest.fixture(scope="module")
    def template_brain(template_brain: Company, modules_cloud: LocalAws) -> Iterator[Company]:
        with brain_of(template_brain) as brain:
            cloud = empty(modules_cloud)
            with closing(Fires(brain)) as fire, at_work(brain, fire, cloud) as works:
                works.fired = FIRED
                grow(works)
                objects, editions = _objects(cloud), tuple(works.editions)
            brain.close()  # Postgres copies no database that somebody is connected to.
            of = {**vars(template_brain), "template": brain.name}
            yield Grown(**of, objects=objects, editions=editions)

    return template_brain


def _objects(cloud: LocalAws) -> dict[str, bytes]:
    s3 = cloud.client("s3")
    keys = [one["Key"] for one in s3.list_objects_v2(Bucket=BUCKET).get("Contents", ())]
    return {key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys}
