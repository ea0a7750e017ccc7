"""For `watchbill invoke ROLE --for-sam`: an event that can fire now, and an environment, for `sam local invoke`."""

import json
import secrets
import shlex
from pathlib import Path

from company.json_values import JsonObject
from watchbill.errors import DeskError
from watchbill.home import CHECKOUT, LastDay

EVENTS, ENVIRONMENT = CHECKOUT / "tests/events", CHECKOUT / "infra/local-env.json"
WITH_EVENTS_OF_AWS = ("migrate", "console", "lookup")
"""Roles that AWS invokes with events of its own; theirs stay as they are."""


def write_for_sam(role: str, folder: Path) -> str:
    """Writes event.json and env.json into the folder; returns the command that uses them."""
    from watchbill.cli.last_desk import open_server, password_of
    from watchbill.cli.shell_settings import read_shell
    from watchbill.desk.brain_logins import brain_as
    from watchbill.home import last_day

    day = last_day(read_shell().home)
    password = password_of(day, role)
    with open_server(day) as server:
        address = server.address(day.database)
        with brain_as(address, day.company, day.vertical, "owner", day.logins["owner"]) as brain:
            event = event_for(role, f"{brain.now():%Y-%m-%dT%H:%M:%SZ}")
        environment = environment_for(day, address, password)
    private = folder / "env.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "event.json").write_text(json.dumps(event, indent=2) + "\n", encoding="utf-8")
        private.touch(mode=0o600)
        private.chmod(0o600)  # also one that was there
        private.write_text(json.dumps(environment, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise DeskError(f"--for-sam {folder} cannot be written: {error.strerror}.") from error
    files = ["--event", str(folder / "event.json"), "--env-vars", str(private)]
    return shlex.join(["sam", "local", "invoke", logical_name(role), *files, "--docker-network", "host"])


def event_for(role: str, due_at: str) -> JsonObject:
    """The role's event of tests/events at this moment, under a schedule that no fire had before."""
    event: JsonObject = json.loads((EVENTS / f"{role}.json").read_text(encoding="utf-8"))
    if role in WITH_EVENTS_OF_AWS:
        return event
    return {**event, "schedule": f"by-hand-{role}-{secrets.token_hex(2)}", "due_at": due_at}


def environment_for(day: LastDay, address: str, password: str) -> JsonObject:
    """The environment's template with the last day's brain in it; sam takes only what infra/template.yaml names."""
    given: JsonObject = json.loads(ENVIRONMENT.read_text(encoding="utf-8"))
    brain = {
        "COMPANY": day.company,
        "VERTICAL": day.vertical,
        "BRAIN_DSN": address,
        "BRAIN_PASSWORD": password,
    }
    return {"Parameters": {**given["Parameters"], **brain}}


def logical_name(role: str) -> str:
    """As the template names the role's function: data_manager is DataManager."""
    return "".join(part.capitalize() for part in role.split("_"))
