"""`watchbill console`: serves the owner's web page for the last day's brain on loopback until Ctrl-C."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from watchbill.cli.arguments import minutes_option
from watchbill.cli.printing import say, show_json_line
from watchbill.cli.signals import Ended
from watchbill.cloud.desk_addresses import DESK_PORT

if TYPE_CHECKING:
    from company.console.site import Site


def console(
    port: int = typer.Option(DESK_PORT, "--port", min=0, max=65535, help="The port; 0 takes a free one."),
    minutes: float = minutes_option(),
    as_json: bool = typer.Option(False, "--json", help="Print address and key as one line of JSON."),
) -> None:
    """Serve the owner's pages as on AWS: what waits for you, briefs, the company, schedules; and act on them.

    It asks for the key that is printed here, a new one each time. The links in a desk's mailed brief use the default
    port.
    """
    import secrets

    from company.console.app import respond
    from watchbill.cloud.desk_addresses import desk_address
    from watchbill.cloud.function_urls import serving

    key = secrets.token_urlsafe(24)
    with desk_site(key) as site, serving(lambda event: respond(site, event), free_port(port)) as served:
        address = {"url": desk_address(served), "key": key}
        if as_json:
            show_json_line(address)
        else:
            say(f"{address['url']}  key: {key}\nStop it with Ctrl-C.")
        wait_for_the_end(minutes)


def free_port(port: int) -> int:
    """The port, when it is free; DeskError when it is not."""
    import socket

    from watchbill.errors import DeskError

    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError as error:
            raise DeskError(f"port {port} cannot be served ({error.strerror}): choose another with --port") from error
    return port


@contextmanager
def desk_site(key: str) -> Iterator["Site"]:
    """Uses the console's own login, as on AWS."""
    from company.console.site import Site
    from company.vertical import load
    from watchbill.cli.console_acts import inventory_reader, staffing
    from watchbill.cli.last_desk import open_brain, the_company, zone

    day = the_company()
    vertical = load(day.vertical)
    with open_brain("console") as brain:
        yield Site(
            brain=lambda: brain,
            key=key,
            title=vertical.title,
            zone=zone(),
            desk=day.data_kind,
            call=_call,
            is_secure=False,
            vertical=vertical,
            switch=_switch,
            test_alarms=_test_alarms,
            staffing=staffing(),
            read_inventory=inventory_reader(vertical),
        )


def _call(role: str) -> str:
    """Fires the role on the desk, which takes some seconds: the page says how it ended, not only that it was asked."""
    from watchbill.cli.last_desk import wake_asker

    try:
        done = wake_asker(role)
    except Exception as error:  # the answer is saved whatever fails here, and the page stays up
        say(f"{role} could not be called: {error}", err=True)
        return f"{role} could not be called: {error} It reads this at its next fire."
    if not done.is_ok:
        return f"{role} was called and stopped with an error: {done.payload}"
    return f"{role} was called and has worked: {_ended(done.payload)}."


def _switch(role: str, on: bool) -> str:
    """Switches the schedule of a role, as `watchbill pause` and `resume` do."""
    from company.aws.function_url import BadRequest
    from watchbill.cli.last_desk import open_switch

    try:
        with open_switch() as switch:
            return switch(role, on=on)
    except Exception as error:  # whatever fails here, the page says so
        says = "Nothing was done: its schedule was not switched on" if on else "It is paused; its schedule is still on"
        raise BadRequest(409, f"{role}: {says}: {error}") from error


def _test_alarms() -> str:
    """Sends a real test through each alarm of the desk, as `watchbill doctor --ring` does."""
    from watchbill.cli.last_desk import open_whole_desk
    from watchbill.doctor.alarm_test import run_alarm_tests

    try:
        with open_whole_desk() as desk:
            results = list(run_alarm_tests(desk))
    except Exception as error:  # whatever fails here, the page says so
        return f"The alarms could not be tested: {error}"
    return "; ".join(f"{one.alarm}: {'ok' if one.is_ok else 'FAILED'}, {one.result}" for one in results)


def _ended(payload: object) -> str:
    """The outcome of a fire as its handler returned it."""
    found = payload if isinstance(payload, dict) else {}
    return " ".join(str(part) for part in (found.get("outcome"), found.get("reason")) if part) or "it returned"


def wait_for_the_end(minutes: float | None) -> None:
    """Until Ctrl-C, or for a number of minutes."""
    try:
        time.sleep(minutes * 60 if minutes is not None else 10**8)
    except (KeyboardInterrupt, Ended):
        say("closed", err=True)
