"""For the owner's doctor: really tries each way by which she would be woken, and keeps when that was.

An alarm that has never rung is no proof. What is tried here is marked as a test in every message.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from company.brain import Brain
from company.owner.pings import send
from company.settings import Settings
from watchbill.cloud.notices import Notices
from watchbill.desk.desk import Desk

TEST = "This is a test, asked for by `watchbill doctor --ring`. Nothing is wrong."
NOT_SET = "not set"


@dataclass(frozen=True)
class AlarmTestResult:
    """One way, and what came of it. A way that is not set up is neither good nor bad."""

    alarm: str
    is_ok: bool
    result: str
    tested_at: datetime | None = None

    @property
    def is_set(self) -> bool:
        return not self.result.startswith(NOT_SET)

    def as_json(self) -> dict[str, Any]:
        stamp = self.tested_at.isoformat() if self.tested_at else None
        return {**asdict(self), "tested_at": stamp, "is_set": self.is_set}


def ring_all(desk: Desk) -> Iterator[AlarmTestResult]:
    """Every way in turn, each recorded in the brain as soon as it was tried; one that fails stops no other."""
    variables = desk.deployed.function("heartbeat").spec.environment
    ceo = desk.deployed.function("ceo").spec.environment
    settings = Settings.from_environment({**variables, "DESK": desk.plan.words})
    tries: dict[str, Callable[[], str]] = {
        "mail": lambda: _publish(desk, variables["OWNER_TOPIC_ARN"]),
        "webhook": lambda: _post(settings, settings.owner_webhook_url, "OwnerWebhookUrl"),
        "ping": lambda: _ping(settings, settings.ping_url, "PingUrl"),
        "brief ping": lambda: _ping(settings, ceo.get("BRIEF_PING_URL", ""), "BriefPingUrl"),
        "beat alarm": lambda: _ring_alarm(desk, f"{desk.company}-beat-missing"),
    }
    with desk.brain() as brain:
        for alarm, attempt in tries.items():
            yield _try(brain, alarm, attempt)
        yield _try(brain, "database clock", lambda: _tick(brain))


def last_tries(brain: Brain) -> Sequence[Mapping[str, Any]]:
    """When each way was last tried, by whom, and what came of it."""
    return brain.all("last_alarm_tests")


def _try(brain: Brain, alarm: str, attempt: Callable[[], str]) -> AlarmTestResult:
    try:
        tried = AlarmTestResult(alarm, True, attempt(), brain.now())
    except Exception as error:  # whatever the other side says is the result that the owner must read
        tried = AlarmTestResult(alarm, False, f"{type(error).__name__}: {error}"[:300], brain.now())
    if not tried.is_set:
        return replace(tried, tested_at=None)
    brain.run("record_alarm_test", alarm=alarm, is_ok=tried.is_ok, result=tried.result)
    return tried


def _publish(desk: Desk, topic: str) -> str:
    title = f"TEST {desk.vertical.title}: this is how you are rung"
    answer = desk.cloud.client("sns").publish(TopicArn=topic, Subject=title[:100], Message=TEST)
    there = desk.cloud.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    return f"taken as {answer['MessageId'][:8]} for {len(there)} subscriber{'' if len(there) == 1 else 's'}"


def _post(settings: Settings, url: str, parameter: str) -> str:
    if not url:
        return f"{NOT_SET}: the parameter {parameter}"
    status = send(settings, "POST", url, {"title": "TEST", "body": TEST, "level": "ring", "link": settings.site_url})
    return _accepted(status)


def _ping(settings: Settings, url: str, parameter: str) -> str:
    return _accepted(send(settings, "POST", url)) if url else f"{NOT_SET}: the parameter {parameter}"


def _accepted(status: int) -> str:
    if not 200 <= status < 300:
        raise ConnectionError(f"it answered {status}")
    return f"answered {status}"


def _ring_alarm(desk: Desk, name: str) -> str:
    """ALARM and back. CloudWatch acts by itself on AWS; on the desk its action is played here."""
    cloudwatch, notices = desk.cloud.client("cloudwatch"), Notices(desk.cloud)
    [alarm] = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason=TEST)
    notices.look(desk.now())
    for topic in alarm["AlarmActions"]:
        desk.cloud.client("sns").publish(TopicArn=topic, Subject=f'TEST ALARM: "{name}"', Message=TEST)
    heard = len(notices.look(desk.now()))
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason=TEST)
    if not heard and desk.cloud.is_moto:
        raise RuntimeError(f"{name} went to ALARM and nobody was told")
    return f"ALARM and back to OK; {heard} told"


def _tick(brain: Brain) -> str:
    standing = [row["alarm"] for row in brain.all("run_database_clock")]
    return f"looked; {', '.join(standing) if standing else 'nothing is wrong'}"
