"""Fires employees as their schedules would, over one brain and one cloud, and reads the results."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from company.fire.wiring import Container
from tests.pipeline.works import SOURCES, Works
from tests.support.staff import staff
from watchbill.cloud.account import ACCOUNT, REGION

EVENTS = Path(__file__).resolve().parents[1] / "events"


@dataclass
class Office:
    """`deploy` and `mute` are EventBridge; `run` is one fire; the rest reads the brain as its owner."""

    GROUP: ClassVar[str] = "office"

    works: Works
    fired: int = 0
    owner_timezone: str = "UTC"
    product_layer: str = ""
    _containers: dict[str, tuple[dict[str, Any], Container]] = field(default_factory=dict)

    def run(
        self,
        role: str,
        *,
        days: int = 0,
        hours: int = 0,
        minutes: int = 1,
        schedule: str | None = None,
        **settings: Any,
    ) -> dict[str, Any]:
        """One fire of the role's own book by its event file, a minute later unless stated, on any schedule.

        settings: of its function beside these.
        """
        self.fired += 1
        self.works.brain.wait(days=days, hours=hours, minutes=minutes)
        container = self._warm(role, settings)
        event = json.loads((EVENTS / f"{role}.json").read_text())
        return self.works.fire(
            role, container=container, schedule=schedule or event["schedule"], request_id=f"office-{self.fired}"
        )

    def _warm(self, role: str, more: dict[str, Any]) -> Container:
        """One container for all fires of a role with equal settings, as Lambda keeps them warm.

        heartbeat's are new: a warm one leaves out what it did in an earlier beat.
        """
        settings = {
            "bucket": "works",
            "feeds": {name: self.works.server.url(name) for name in SOURCES},
            "schedule_group": self.GROUP,
            "owner_timezone": self.owner_timezone,
            "product_layer": self.product_layer,
            **more,
        }
        kept, container = self._containers.get(role, ({}, None))
        if container is None or kept != settings or role == "heartbeat":
            container = self.works.fire.container(role, cloud=self.works.cloud, **settings)
            self._containers[role] = settings, container
        return container

    def deploy(self, *roles: str, state: str = "ENABLED") -> None:
        """The roles' schedules as their records state them."""
        for role in roles:
            self.works.cloud.client("scheduler").create_schedule(
                GroupName=self.GROUP, Name=role, State=state, **_as_published(role)
            )

    def mute(self, role: str) -> None:
        """Somebody switches a schedule off behind the company's back, and heartbeat finds it."""
        self.works.cloud.client("scheduler").update_schedule(
            GroupName=self.GROUP, Name=role, State="DISABLED", **_as_published(role)
        )
        self.run("heartbeat")

    def unmute(self, role: str) -> None:
        """The schedule is switched on again, and heartbeat finds it."""
        self.works.cloud.client("scheduler").update_schedule(
            GroupName=self.GROUP, Name=role, State="ENABLED", **_as_published(role)
        )
        self.run("heartbeat")

    def change(self, role: str, expression: str) -> None:
        """Somebody's deploy gives the schedule another expression."""
        self._put(role, ScheduleExpression=expression)

    def loosen(self, role: str, minutes: int) -> None:
        """Somebody's deploy lets EventBridge fire it within a window."""
        self._put(role, FlexibleTimeWindow={"Mode": "FLEXIBLE", "MaximumWindowInMinutes": minutes})

    def _put(self, role: str, **parts: Any) -> None:
        changed = {**_as_published(role), **parts}
        self.works.cloud.client("scheduler").update_schedule(GroupName=self.GROUP, Name=role, **changed)

    def deployed(self, role: str) -> dict[str, Any]:
        found: dict[str, Any] = self.works.cloud.client("scheduler").get_schedule(GroupName=self.GROUP, Name=role)
        return found

    def take_wakes(self) -> list[str]:
        """The names of the one-off schedules that heartbeat made, which are gone when they have fired."""
        scheduler = self.works.cloud.client("scheduler")
        names = [item["Name"] for item in scheduler.list_schedules(GroupName=self.GROUP)["Schedules"]]
        wakes = [name for name in names if name.startswith("wake-")]
        for name in wakes:
            scheduler.delete_schedule(GroupName=self.GROUP, Name=name)
        return wakes

    def finding(self, kind: str) -> dict[str, Any]:
        """The newest finding of a kind."""
        return self.rows("SELECT * FROM company.findings WHERE kind = %(kind)s ORDER BY id DESC LIMIT 1", kind=kind)[0]

    def rows(self, statement: str, **values: Any) -> list[dict[str, Any]]:
        return self.works.rows(statement, **values)

    def value(self, statement: str, **values: Any) -> Any:
        return self.works.value(statement, **values)

    def answer(self, option: str) -> None:
        """The owner answers the one open question."""
        [row] = self.rows("SELECT id FROM company.decisions WHERE answered_at IS NULL")
        self.works.brain.owner.run("answer_decision", decision_id=row["id"], option=option, words=None)


def office_of(works: Works) -> Office:
    """The staff over one brain, with an empty schedule group; its fires are counted on from those of the pipeline."""
    works.cloud.client("scheduler").create_schedule_group(Name=Office.GROUP)
    return Office(works, works.fired)


def _as_published(role: str) -> dict[str, Any]:
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:x-{role}"
    event = {"role": role, "schedule": role, "due_at": "<aws.scheduler.scheduled-time>", "attempt": "1"}
    return {
        "ScheduleExpression": staff()[role].schedule,
        "ScheduleExpressionTimezone": "UTC",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {
            "Arn": arn,
            "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/x",
            "DeadLetterConfig": {"Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:undelivered"},
            "Input": json.dumps(event),
        },
    }
