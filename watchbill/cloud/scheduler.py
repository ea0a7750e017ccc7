"""EventBridge Scheduler and Lambda's asynchronous queue, simulated on the desk.

One fire at a time, in the same order on every run (by time; at the same time the desk's own calls, then retries, then
schedules by name). Every schedule in the cloud fires when due, also one that a role has just made; a disabled one
never does. The clock moves only between fires.

The schedules are read again after each request that changes one; with another emulator, whose requests the desk
does not see, before each fire.
"""

from __future__ import annotations

import heapq
import itertools
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from company.json_values import JsonObject
from watchbill.cloud.aws import LocalAws
from watchbill.cloud.retries import Attempt, AttemptResult, next_attempt, send_to_failure_queue, virtual_end
from watchbill.cloud.runtime import Invocation
from watchbill.cloud.template.loader import Deployed
from watchbill.cloud.timetable import ScheduleEntry, Timetable, first_due

Invoke = Callable[[str, JsonObject, str], Invocation]
"""Runs a function by name with an event and a request id, and waits for its end."""

_REQUEST_IDS = uuid.UUID("6f7c2b0e-6a0e-5f0c-9d53-0b6f6f3f6c11")
LOOKS_EVERY_SECONDS = 0.5
_CALL, _RETRY, _SCHEDULE = range(3)


def _ignore(*_: object) -> None:
    return None


class Clock(Protocol):
    """The scheduler's time; a wall clock really waits, a simulated one jumps."""

    @property
    def now(self) -> datetime: ...

    def wait_until(self, moment: datetime) -> None: ...


@dataclass
class SimulatedClock:
    """Stands still between calls of wait_until, and never goes back."""

    now: datetime

    def wait_until(self, moment: datetime) -> None:
        self.now = max(self.now, moment.astimezone(UTC))


class WallClock:
    """Real time. between: what is done again and again while it waits; waits_for: until when it waits."""

    def __init__(self) -> None:
        self.between: Callable[[], None] = _ignore
        self.waits_for: datetime | None = None

    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    def wait_until(self, moment: datetime) -> None:
        while (left := (moment - self.now).total_seconds()) > 0:
            self.waits_for = moment
            self.between()
            time.sleep(min(left, LOOKS_EVERY_SECONDS))  # after a laptop was suspended it continues at once
        self.waits_for = None


@dataclass(order=True)
class _Due:
    """Something to do at a time. The order of the fields is the order of execution."""

    at: datetime
    kind: int
    name: str
    number: int
    act: Callable[[], None] = field(compare=False)
    asks_brain: bool = field(compare=False)


class Scheduler:
    """Fires the schedules of one deployed stack. `timetable.refused` has the schedules that it could not read."""

    def __init__(
        self,
        cloud: LocalAws,
        deployed: Deployed,
        invoke: Invoke,
        clock: Clock,
        is_blocked: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self.timetable = Timetable(cloud, deployed.schedule_group)
        self.fires = 0
        self._cloud = cloud
        self._functions = {function.name: function for function in deployed.functions}
        self._invoke = invoke
        self._clock = clock
        self._is_silent = is_blocked
        self._heap: list[_Due] = []
        self._fired: dict[str, datetime] = {}
        self._count = itertools.count()
        self._changes_read: int | None = None
        self._after_fire: Callable[[AttemptResult], None] = _ignore

    def call_later(self, moment: datetime, act: Callable[[], None], name: str = "", *, asks_brain: bool = True) -> None:
        """Calls something of the desk at a time: a planted fault, the database's clock, an alarm evaluation.

        asks_brain: whether it needs the brain's clock to be at this time.
        """
        self._push(moment.astimezone(UTC), _CALL, name, act, asks_brain=asks_brain)

    def fire_late(self, schedule: str, due_at: datetime) -> None:
        """Fires an enabled schedule now for a time that passed while the desk was off."""
        entry = next((one for one in self.timetable if one.name == schedule and one.is_enabled), None)
        if entry is not None:
            self._fire(entry, due_at)

    def run(
        self,
        start: datetime,
        end: datetime,
        *,
        before_instant: Callable[[datetime], None] = _ignore,
        after_fire: Callable[[AttemptResult], None] = _ignore,
        on_progress: Callable[[datetime, int], None] = _ignore,
    ) -> None:
        """Runs everything due from `start` up to, but not at, `end`. What is due later waits for the next run.

        before_instant: called once for each time at which something asks the brain, before the first that does.
        """
        self._clock.wait_until(start)
        self._after_fire = after_fire
        instant = None
        while (due := self._next_due(end.astimezone(UTC))) is not None:
            self._clock.wait_until(due.at)
            if due.asks_brain and due.at != instant:
                instant = due.at
                before_instant(instant)
            due.act()
            on_progress(self._clock.now, self.fires)
        self._clock.wait_until(end)

    def _next_due(self, end: datetime) -> _Due | None:
        changes = self._cloud.change_counter.schedule_changes if self._cloud.change_counter else None
        if changes is None or changes != self._changes_read:
            self._changes_read = changes
            self._read_schedules()
        return heapq.heappop(self._heap) if self._heap and self._heap[0].at < end else None

    def _read_schedules(self) -> None:
        for entry in self.timetable.refresh(self._clock.now):
            due_at = first_due(entry, self._clock.now)
            if due_at is not None and due_at == self._fired.get(entry.name):
                due_at = entry.expression.next_after(due_at)  # changed at the same time at which it fired
            self._expect(entry, due_at)

    def _expect(self, entry: ScheduleEntry, due_at: datetime | None) -> None:
        if due_at is not None:
            at = max(due_at, self._clock.now)
            self._push(at, _SCHEDULE, entry.name, lambda: self._fire_if_current(entry, due_at))

    def _push(self, at: datetime, kind: int, name: str, act: Callable[[], None], *, asks_brain: bool = True) -> None:
        heapq.heappush(self._heap, _Due(at, kind, name, next(self._count), act, asks_brain))

    def _fire_if_current(self, entry: ScheduleEntry, due_at: datetime) -> None:
        if not self.timetable.current(entry):
            return  # changed, disabled or deleted since: a new entry is in the heap
        self._fired[entry.name] = due_at
        if not self._is_silent(entry.name):
            self._fire(entry, due_at)
        if entry.is_one_off:
            if entry.is_deleted_after_completion:
                self.timetable.delete(entry)
        else:
            self._expect(entry, entry.expression.next_after(due_at))

    def _fire(self, entry: ScheduleEntry, due_at: datetime) -> None:
        function = self._functions.get(entry.function)
        request_id = str(uuid.uuid5(_REQUEST_IDS, f"{entry.name} {due_at.isoformat()}"))
        try:
            event = entry.event(due_at, request_id)
        except ValueError as error:
            self._send_to_dead_letter_queue(entry, due_at, f"Input is not JSON: {error}")
            return
        if function is None:
            self._send_to_dead_letter_queue(entry, due_at, f"there is no function {entry.function}")
            return
        self._attempt(Attempt(entry.name, due_at, self._clock.now, function, event, request_id))

    def _attempt(self, attempt: Attempt) -> None:
        invocation = self._invoke(attempt.function.name, attempt.event, attempt.request_id)
        result = AttemptResult(attempt, invocation, virtual_end(attempt, invocation))
        self.fires += 1
        following = next_attempt(result)
        if following is not None:
            self._push(following.start_at, _RETRY, following.schedule, lambda: self._attempt(following))
        elif not invocation.is_ok:
            send_to_failure_queue(self._cloud, result)
        self._after_fire(result)

    def _send_to_dead_letter_queue(self, entry: ScheduleEntry, due_at: datetime, reason: str) -> None:
        """Reports a failure of Scheduler itself, before Lambda, to the schedule's dead-letter queue."""
        if entry.dead_letter_arn is None:
            return
        sqs = self._cloud.client("sqs")
        url = sqs.get_queue_url(QueueName=entry.dead_letter_arn.rsplit(":", 1)[-1])["QueueUrl"]
        beside = {
            "ERROR_CODE": "DeskRefused",
            "ERROR_MESSAGE": reason,
            "SCHEDULED_TIME": f"{due_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "SCHEDULE_ARN": entry.arn,
        }
        attributes = {name: {"DataType": "String", "StringValue": value} for name, value in beside.items()}
        sqs.send_message(QueueUrl=url, MessageBody=entry.input, MessageAttributes=attributes)
