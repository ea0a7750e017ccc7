"""For `watchbill doctor --ring`: sends a real test through each alarm to the owner, and records when that was.

An alarm that was never tested proves nothing. Every message says that it is a test.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from company.brain import Brain
from company.json_values import JsonObject
from company.owner import webhooks
from company.owner.pings import send_request
from company.owner.reach import reach_of
from company.settings import Settings
from company.text.wording import counted
from watchbill.cloud.notices import Notices
from watchbill.desk.desk import Desk
from watchbill.desk.owners_secrets import kept_settings

TEST = "This is a test, asked for by `watchbill doctor --ring`. Nothing is wrong."
NOT_SET = "not set"


@dataclass(frozen=True)
class AlarmTestResult:
    """One alarm and the result of its test. An alarm that is not configured is neither good nor bad."""

    alarm: str
    is_ok: bool
    result: str
    tested_at: datetime | None = None

    @property
    def is_set(self) -> bool:
        return not self.result.startswith(NOT_SET)

    def as_json(self) -> JsonObject:
        stamp = self.tested_at.isoformat() if self.tested_at else None
        return {**asdict(self), "tested_at": stamp, "is_set": self.is_set}


def run_alarm_tests(desk: Desk) -> Iterator[AlarmTestResult]:
    """Tests every alarm in turn and records each result at once; a failure stops no other test."""
    variables = _environment(desk, "heartbeat")
    ceo = _environment(desk, "ceo")
    settings = Settings.from_environment({**variables, "DESK": desk.plan.data_kind})
    tests: dict[str, Callable[[], str]] = {
        "mail": lambda: _publish(desk, variables["OWNER_TOPIC_ARN"], settings.owner_email),
        "webhook": lambda: _post(settings, desk.vertical.title),
        "ping": lambda: _ping(settings, settings.ping_url, "ping_url"),
        "brief ping": lambda: _ping(settings, ceo.get("BRIEF_PING_URL", ""), "brief_ping_url"),
        "beat alarm": lambda: _ring_alarm(desk, f"{desk.company}-beat-missing"),
    }
    with desk.brain() as brain:
        for alarm, attempt in tests.items():
            yield _run_test(brain, alarm, attempt)
        yield _run_test(brain, "database clock", lambda: _tick(brain))


def _environment(desk: Desk, role: str) -> JsonObject:
    """A function's variables, with the settings that SSM holds for it."""
    variables = desk.deployed.function(role).spec.environment
    return {**variables, **kept_settings(desk.cloud, desk.company, variables)}


def last_tests(brain: Brain) -> Sequence[JsonObject]:
    """The last test of each alarm: when, by whom, and its result."""
    return brain.all("last_alarm_tests")


def _run_test(brain: Brain, alarm: str, attempt: Callable[[], str]) -> AlarmTestResult:
    try:
        result_of_test = AlarmTestResult(alarm, True, attempt(), brain.now())
    except Exception as error:  # any error is a result that the owner must read
        result_of_test = AlarmTestResult(alarm, False, f"{type(error).__name__}: {error}"[:300], brain.now())
    if not result_of_test.is_set:
        return replace(result_of_test, tested_at=None)
    brain.run("record_alarm_test", alarm=alarm, is_ok=result_of_test.is_ok, result=result_of_test.result)
    return result_of_test


def _publish(desk: Desk, topic: str, owner: str) -> str:
    """SNS accepts a notice also where nobody hears it: that is no success."""
    sns, title = desk.cloud.client("sns"), f"TEST {desk.vertical.title}: this is how an alarm reaches you"
    answer = sns.publish(TopicArn=topic, Subject=title[:100], Message=TEST)
    reach = reach_of(sns, topic, owner)
    if reach.fault:
        raise RuntimeError(f"SNS took it, and {reach.fault}: open SNS's mail, or subscribe again (docs/alarms.md)")
    heard = sum(one.is_confirmed for one in reach.subscribers)
    return f"accepted as {answer['MessageId'][:8]} for {counted(heard, 'subscriber')}"


def _post(settings: Settings, source: str) -> str:
    if not settings.owner_webhook_url:
        return f"{NOT_SET}: owner_webhook_url (docs/alarms.md)"
    notice = webhooks.AlertMessage("TEST", TEST, "ring", settings.site_url, f"{settings.company}-test", source)
    return _accepted(send_request(settings, "POST", *webhooks.request_of(settings.owner_webhook_url, notice)))


def _ping(settings: Settings, url: str, setting: str) -> str:
    return _accepted(send_request(settings, "POST", url)) if url else f"{NOT_SET}: {setting} (docs/alarms.md)"


def _accepted(status: int) -> str:
    if not 200 <= status < 300:
        raise ConnectionError(f"the address answered {status}")
    return f"answered {status}"


def _ring_alarm(desk: Desk, name: str) -> str:
    """Sets the alarm to ALARM and back. On AWS CloudWatch runs its action; on the desk this function does."""
    cloudwatch, notices = desk.cloud.client("cloudwatch"), Notices(desk.cloud)
    [alarm] = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason=TEST)
    notices.collect(desk.now())
    for topic in alarm["AlarmActions"]:
        desk.cloud.client("sns").publish(TopicArn=topic, Subject=f'TEST ALARM: "{name}"', Message=TEST)
    received = len(notices.collect(desk.now()))
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason=TEST)
    if not received and desk.cloud.is_moto:
        raise RuntimeError(f"{name} went to ALARM and no notice was received")
    return f"ALARM and back to OK; {received} received"


def _tick(brain: Brain) -> str:
    alarms = [row["alarm"] for row in brain.all("run_database_clock")]
    return f"checked; {', '.join(alarms) if alarms else 'nothing is wrong'}"
