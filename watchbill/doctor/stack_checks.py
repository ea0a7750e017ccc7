"""For `watchbill doctor --aws`: what a deployed company says of itself, and whether anybody hears its alarms."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from company.aws.clients import Clients
from company.brain import Brain
from company.errors import CompanyError
from company.owner.reach import reach_of
from watchbill.doctor.checks import CheckResult, alarms_of, beat_of, schedules_of
from watchbill.errors import DeskError


def check_brain(open_brain: Callable[[], AbstractContextManager[Brain]]) -> Iterator[CheckResult]:
    """The brain's own word: its beat, its schedules, its alarms."""
    try:
        with open_brain() as brain:
            yield beat_of(brain)
            yield schedules_of(brain)
            yield alarms_of(brain)
    except (DeskError, CompanyError) as error:
        remedy = "docs/deploy.md: the way to a brain in private subnets is a tunnel"
        yield CheckResult("brain", False, str(error), remedy)


def check_subscription(cloud: Clients, topic: str, owner: str) -> CheckResult:
    """Whether the owner's address is a confirmed subscriber of the alarms' topic now, by SNS's own word."""
    from botocore.exceptions import BotoCoreError, ClientError

    if not topic:
        return CheckResult("topic", False, "the stack has no topic for its alarms", "deploy the template again")
    try:
        reach = reach_of(cloud.client("sns"), topic, owner)
    except (BotoCoreError, ClientError) as error:
        return CheckResult("topic", False, f"SNS was not asked: {error}", "the right sns:ListSubscriptionsByTopic")
    remedy = (
        f"open SNS's mail, or: aws sns subscribe --topic-arn {topic} --protocol email --notification-endpoint {owner}"
    )
    heard = f"{owner} is subscribed and has confirmed"
    return CheckResult("topic", reach.fault is None, reach.fault or heard, remedy)
