"""`watchbill invoke ROLE --for-sam`: an event that can fire now, and an environment that sam really sets."""

import json
import shlex
import stat
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.conftest import Watchbill
from tests.support.brains import TestBrain
from tests.support.fires import Fires
from watchbill.cli.sam_local import ENVIRONMENT, EVENTS, WITH_EVENTS_OF_AWS, event_for, logical_name
from watchbill.home import TEMPLATE, LastDay

ROLES = sorted(path.stem for path in EVENTS.glob("*.json"))


def written(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    event, env = ((folder / name).read_text("utf-8") for name in ("event.json", "env.json"))
    return json.loads(event), json.loads(env)["Parameters"]


def test_the_event_is_due_now_at_a_slot_that_no_fire_had_and_the_login_is_the_roles(
    watchbill: Watchbill, last_day: LastDay, brain: TestBrain, fire: Fires, tmp_path: Path
) -> None:
    folder = tmp_path / "for sam"
    first = watchbill("invoke", "check", "--for-sam", str(folder))
    event, environment = written(folder)
    again = watchbill("invoke", "check", "--for-sam", str(folder))

    assert (first.code, again.code) == (0, 0), first.err
    files = ["--event", str(folder / "event.json"), "--env-vars", str(folder / "env.json")]
    assert shlex.split(first.out) == ["sam", "local", "invoke", "Check", *files, "--docker-network", "host"]
    assert event["due_at"] == f"{brain.now():%Y-%m-%dT%H:%M:%SZ}" and event["role"] == "check"
    assert written(folder)[0]["schedule"] != event["schedule"]
    assert environment["BRAIN_DSN"] == brain.dsn and environment["BRAIN_PASSWORD"] == last_day.logins["check"]
    assert stat.S_IMODE((folder / "env.json").stat().st_mode) == 0o600
    answer = fire("check", schedule=event["schedule"], due_at=brain.now())
    assert answer["outcome"] == "skipped"


def test_the_command_that_builds_the_template_can_be_typed(
    watchbill: Watchbill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = tmp_path / "my company" / "template.yaml"
    template.parent.mkdir()
    template.write_text(TEMPLATE.read_text("utf-8"), "utf-8")
    monkeypatch.setattr("watchbill.home.TEMPLATE", template)

    assert f"sam build --template-file '{template}' && sam deploy" in watchbill("template").out


def test_every_role_with_an_event_is_a_function_of_the_template() -> None:
    text = TEMPLATE.read_text("utf-8")

    assert [role for role in ROLES if f"\n  {logical_name(role)}:\n" not in text] == []
    assert {role for role in ROLES if "due_at" not in event_for(role, "2026-03-11T07:00:00Z")} == set(
        WITH_EVENTS_OF_AWS
    )


def test_the_environment_names_only_what_the_template_has() -> None:
    """sam leaves out silently what the template does not name."""

    class Loader(yaml.SafeLoader):
        pass

    Loader.add_multi_constructor("!", lambda *_: None)
    named = yaml.load(TEMPLATE.read_text("utf-8"), Loader)["Globals"]["Function"]["Environment"]["Variables"]

    assert set(json.loads(ENVIRONMENT.read_text("utf-8"))["Parameters"]) - set(named) == set()
    assert named["BRAIN_PASSWORD"] == ""


def test_a_role_that_does_not_exist_is_named(watchbill: Watchbill, last_day: LastDay, tmp_path: Path) -> None:
    result = watchbill("invoke", "chek", "--for-sam", str(tmp_path))

    assert result.code == 2 and "chek" in result.err


@pytest.mark.parametrize("role", WITH_EVENTS_OF_AWS)
def test_an_event_of_awss_own_stays_as_it_is(role: str) -> None:
    assert event_for(role, "2026-03-11T07:00:00Z") == json.loads((EVENTS / f"{role}.json").read_text("utf-8"))
