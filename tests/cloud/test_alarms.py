"""The desk's CloudWatch: the deployed alarms in simulated time, never earlier than on AWS and never without a cause."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.cloud.companies import MORNING, translations
from tests.cloud.test_deployed_company import PARAMETERS, TEMPLATE
from watchbill.cloud.alarms import Alarms
from watchbill.cloud.aws import LocalAws, desk_cloud
from watchbill.cloud.metrics import Metrics
from watchbill.cloud.notices import Notices
from watchbill.cloud.retries import Attempt, AttemptResult
from watchbill.cloud.template.loader import Deployed, deploy
from watchbill.drill import mechanics
from watchbill.errors import DeskError


@pytest.fixture(scope="module")
def company_cloud() -> Iterator[LocalAws]:
    with desk_cloud() as running:
        yield running


@pytest.fixture(scope="module")
def deployed(company_cloud: LocalAws) -> Deployed:
    return deploy(company_cloud, TEMPLATE, PARAMETERS, translations())


class Watch:
    """An hour or more of a company that does nothing but beat."""

    def __init__(self, cloud: LocalAws, deployed: Deployed) -> None:
        self.metrics, self.notices = Metrics(cloud), Notices(cloud)
        self.notices.collect(MORNING)
        self.notices.received.clear()
        self.alarms = Alarms(cloud, self.metrics, MORNING)
        self._heartbeat = deployed.function("heartbeat")
        self.cloud = cloud

    def beat(self, at: datetime, *, brief_is_late: int = 0, is_ok: bool = True) -> None:
        attempt = Attempt("heartbeat", at, at, self._heartbeat, {}, "r")
        run = mechanics.claims_success(self._heartbeat, lambda *_: {})({}, "r")
        assert run is not None
        lines = [(0, _line("Beat", 1)), (0, _line("BriefLate", brief_is_late))] if is_ok else []
        ran = replace(run, log_lines=tuple(lines), status="ok" if is_ok else "crashed")
        self.metrics.note_attempt(AttemptResult(attempt, ran, at))

    def until(self, minutes: int) -> list[tuple[int, str]]:
        """Evaluates the alarms minute by minute; returns which reached the owner after how many minutes."""
        now = self.alarms.first
        while now <= MORNING + timedelta(minutes=minutes):
            self.metrics.note_queues(now)
            self.alarms.evaluate(now)
            self.notices.collect(now)
            now += self.alarms.step
        return [
            (int((one.at - MORNING).total_seconds() // 60), one.title.removeprefix('ALARM: "desk_one-').rstrip('"'))
            for one in self.notices.received
        ]


def _line(name: str, value: int) -> str:
    directive = {"Namespace": "Watchbill", "Dimensions": [["company", "service"]], "Metrics": [{"Name": name}]}
    document: dict[str, Any] = {
        "_aws": {"CloudWatchMetrics": [directive]},
        "company": "desk_one",
        "service": "heartbeat",
    }
    return json.dumps({**document, name: [value]})


@pytest.fixture
def watch(company_cloud: LocalAws, deployed: Deployed) -> Watch:
    return Watch(company_cloud, deployed)


def test_a_company_that_beats_rings_nobody(watch: Watch) -> None:
    for number in range(24):
        watch.beat(MORNING + timedelta(minutes=5 * number))

    assert watch.until(120) == []


def test_the_last_beat_is_missed_after_two_periods_and_cloudwatchs_delay(watch: Watch) -> None:
    watch.beat(MORNING)

    assert watch.until(40) == [(17, "beat-missing")]


def test_one_missing_beat_is_no_alarm(watch: Watch) -> None:
    for minutes in (0, 5, 15, 20, 25):
        watch.beat(MORNING + timedelta(minutes=minutes))

    assert watch.until(30) == []


def test_an_alarm_is_over_and_can_ring_again(watch: Watch) -> None:
    for minutes in (0, 20, 25):
        watch.beat(MORNING + timedelta(minutes=minutes))

    assert [name for _, name in watch.until(60)] == ["beat-missing", "beat-missing"]


def test_a_late_brief_rings(watch: Watch) -> None:
    for number in range(4):
        watch.beat(MORNING + timedelta(minutes=5 * number), brief_is_late=int(number == 2))

    assert watch.until(20) == [(17, "brief-late")]


def test_three_errors_in_an_hour_ring_for_their_domain(watch: Watch) -> None:
    for number in range(13):
        watch.beat(MORNING + timedelta(minutes=5 * number))
    for minutes in (1, 2, 3):
        watch.beat(MORNING + timedelta(minutes=minutes), is_ok=False)

    assert watch.until(65) == [(62, "company-errors")]


def test_a_fire_that_failed_for_good_rings(watch: Watch, deployed: Deployed) -> None:
    for number in range(3):
        watch.beat(MORNING + timedelta(minutes=5 * number))
    url = deployed.function("heartbeat").on_failure_queue_url
    watch.cloud.client("sqs").send_message(QueueUrl=url, MessageBody="{}")

    rang = watch.until(12)

    assert [name for _, name in rang] == ["failed-fires"]
    watch.cloud.client("sqs").purge_queue(QueueUrl=url)


def test_an_expression_that_the_desk_cannot_compute_is_refused(watch: Watch) -> None:
    from watchbill.cloud.alarms import _computed  # noqa: PLC0415

    with pytest.raises(DeskError, match="cannot compute RATE"):
        _computed("RATE(beats)", {"beats": 1.0})
