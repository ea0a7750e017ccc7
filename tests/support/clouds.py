"""One cloud for a module of tests, emptied before each: to make boto3's clients takes as long as many a test."""

from watchbill.cloud import aws
from watchbill.cloud.aws import LocalAws, ScheduleChangeCounter
from watchbill.cloud.quick_moto.kept_listings import KeptListings
from watchbill.cloud.rights import RightsKeeper


def empty(cloud: LocalAws) -> LocalAws:
    """The same address and the same clients, with no resource, no rights and nothing counted."""
    aws._reset_moto()
    cloud._rights_keeper = RightsKeeper(KeptListings(aws._application()))
    vars(cloud.change_counter).update(vars(ScheduleChangeCounter(cloud._rights_keeper)))
    return cloud
