"""A deployment that dies at any of its steps, forwards or backwards, is settled by the next fire to one state.

A step is whatever leaves something: a call that changes AWS, or a row of the deployment. The steps are not listed here:
the death comes before the first, after the first, after the second, until a deployment lives through all of them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from build_auditor.settling import settle_deployments
from company.fire.fire import Fire
from company.outcomes import Done, Outcome
from tests.functions.office import Office
from tests.functions.release import HOLDS, live_layers, open_deploy, release, release_again
from tests.functions.workshop import rename

FUNCTIONS = ("check", "promote")
CHANGES_AWS = {
    "put_object", "publish_layer_version", "update_function_configuration", "publish_version", "update_alias",
}  # fmt: skip
WRITES_ROWS = {"start_deployment", "note_deployment", "note_order_done"}
MOST = 60
"""Steps: none has so many."""


class Killed(BaseException):
    """The process is gone: nothing of its code runs any more."""


@dataclass
class Death:
    """Counts the steps of a life, and ends it after so many; after None it lives."""

    after: int | None = None
    steps: list[str] = field(default_factory=list)

    def step(self, name: str, act: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*given: Any, **named: Any) -> Any:
            self._die_if_due()
            done = act(*given, **named)
            self.steps.append(name)
            self._die_if_due()
            return done

        return stepped

    def _die_if_due(self) -> None:
        if self.after is not None and len(self.steps) >= self.after:
            raise Killed


@dataclass(frozen=True)
class Dying:
    """A client or a brain, of which each call that changes something is a step."""

    real: Any
    death: Death

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.real, name)
        if name in ("run", "value"):
            return lambda query, **values: (self.death.step(query, found) if query in WRITES_ROWS else found)(
                query, **values
            )
        return self.death.step(name, found) if name in CHANGES_AWS else found

    def client(self, service: str) -> Any:
        return Dying(self.real.client(service), self.death)


@dataclass
class Auditor:
    """build_auditor in one fire, which dies and comes again as often as a test wants."""

    office: Office
    fire: Fire
    death: Death

    def settle(self, dies_after: int | None = None) -> bool:
        """What one fire does about deployments; whether it lived to its end."""
        self.death.after, self.death.steps = dies_after, []
        try:
            settle_deployments(self.fire)
        except Killed:
            return False
        finally:
            self.death.after = None
        return True

    def order(self, what: str) -> None:
        self.office.works.brain.wait(seconds=1)
        self.office.works.brain.owner.run("order_change", change_id=1, order=what, reason="")
        self.office.works.brain.wait(seconds=1)

    def begin_anew(self) -> None:
        """Nothing is in force, and the change may be deployed."""
        status = status_of(self.office)
        if status in ("live", "kept"):
            self.order("roll_back")
            self.settle()
        if status != "withdrawn":
            self.order("approve")
        assert not is_changed(self.office)


def status_of(office: Office) -> str:
    """Of the newest deployment; '' where there is none."""
    return next((row["status"] for row in office.rows("SELECT status FROM company.deployments ORDER BY id DESC")), "")


def layers_of(office: Office) -> tuple[str, ...]:
    """Of everything that a schedule fires, and of the code of which the next version is made: they are the same."""
    [layers] = {tuple(live_layers(office, role, qualifier)) for role in FUNCTIONS for qualifier in ("live", "$LATEST")}
    return layers


def is_changed(office: Office) -> bool:
    """Whether the change is everywhere; where it is in a part only, the test fails."""
    return "-changes:" in layers_of(office)[1]


def each_death(office: Office, attempt: Callable[[Auditor, int], bool]) -> list[str]:
    """Calls attempt with 0, 1, 2 ... until it says that nothing died; the steps of that last life."""
    death, lived = Death(), list[str]()

    def work(fire: Fire) -> Outcome:
        brain: Any = Dying(fire.brain, death)
        cloud: Any = Dying(fire.cloud, death)
        auditor = Auditor(office, replace(fire, brain=brain, cloud=cloud), death)
        deaths = next(n for n in range(MOST) if not attempt(auditor, n))
        lived.extend(death.steps)
        return Done({"deaths": deaths})

    office.works.fire(
        "build_auditor", work, cloud=office.works.cloud, bucket="works", schedule_group=office.GROUP,
        product_layer=office.product_layer, request_id="dies",
    )  # fmt: skip
    return lived


@pytest.fixture
def opened(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A change that is proved, two functions that its owner has deployed, and deploy at open."""
    monkeypatch.setattr("build_auditor.tools.try_change", lambda *_: HOLDS)
    office.product_layer = release(office, *FUNCTIONS)
    rename(office)
    office.run("build_worker")
    open_deploy(office, "closed")
    office.run("build_auditor")
    open_deploy(office)
    return office


def test_dead_at_any_step_the_next_fire_deploys_it_everywhere(opened: Office) -> None:
    def attempt(auditor: Auditor, after: int) -> bool:
        died = not auditor.settle(dies_after=after)
        steps = auditor.death.steps
        auditor.settle()
        assert (is_changed(opened), status_of(opened)) == (True, "live"), steps
        auditor.begin_anew()
        auditor.death.steps = steps
        return died

    lived = each_death(opened, attempt)

    layer = ["put_object", "publish_layer_version", "note_deployment"]
    each_function = ["update_function_configuration", "publish_version", "note_deployment"] * len(FUNCTIONS)
    moved = ["note_deployment", *["update_alias"] * len(FUNCTIONS), "note_deployment"]
    assert lived == ["note_order_done", "start_deployment", "note_deployment", *layer, *each_function, *moved]


def test_dead_at_any_step_of_the_way_back_the_next_fire_takes_it_back_everywhere(opened: Office) -> None:
    def attempt(auditor: Auditor, after: int) -> bool:
        auditor.settle()
        assert is_changed(opened)
        auditor.order("roll_back")
        died = not auditor.settle(dies_after=after)
        steps = list(auditor.death.steps)
        auditor.settle()
        assert (is_changed(opened), status_of(opened)) == (False, "rolled_back"), steps
        assert opened.rows("SELECT outcome FROM company.change_orders WHERE done_at IS NULL") == []
        auditor.order("approve")
        auditor.death.steps = steps
        return died

    lived = each_death(opened, attempt)

    back = ["update_alias"] * 2 + ["update_function_configuration"] * 2
    assert lived == ["note_deployment", *back, "note_deployment", "note_order_done"]
    assert opened.rows("SELECT * FROM company.findings WHERE kind IN ('rolled_back', 'change_undone')") == []


def test_an_owners_deploy_after_a_death_at_any_step_wins_everywhere(opened: Office) -> None:
    """She closes the action too, so that nothing of the change begins anew on what she deployed."""

    def attempt(auditor: Auditor, after: int) -> bool:
        died = not auditor.settle(dies_after=after)
        release_again(opened, *FUNCTIONS)
        open_deploy(opened, "closed")
        auditor.settle()
        deps, product = layers_of(opened)
        assert product == deps.replace("deps", "product"), auditor.death.steps
        open_deploy(opened)
        if status_of(opened) == "undone":
            auditor.order("approve")
        return died

    each_death(opened, attempt)


def test_a_wake_that_fires_while_the_schedules_are_read_stops_no_deployment(
    opened: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """EventBridge deletes it by itself, in the second after it was listed."""
    scheduler = opened.works.cloud.client("scheduler")
    read = scheduler.get_schedule
    like = read(GroupName=opened.GROUP, Name="check")
    copied = {part: like[part] for part in ("GroupName", "FlexibleTimeWindow", "Target")}
    scheduler.create_schedule(Name="wake-check-1", ScheduleExpression="at(2026-03-12T06:50:00)", **copied)

    def fired(**named: str) -> Any:
        if named["Name"].startswith("wake-"):
            scheduler.delete_schedule(**named)
        return read(**named)

    monkeypatch.setattr(scheduler, "get_schedule", fired)
    opened.run("build_auditor")

    assert (is_changed(opened), status_of(opened)) == (True, "live")
