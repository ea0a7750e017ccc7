"""`watchbill console`: serves the owner's web page for the last day's brain on loopback until Ctrl-C."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from watchbill.cli.printing import say
from watchbill.cli.signals import Ended
from watchbill.cloud.function_urls import DESK_PORT

if TYPE_CHECKING:
    from company.console.site import Site


def console(
    port: int = typer.Option(DESK_PORT, "--port", min=0, max=65535, help="The port; 0 takes a free one."),
    minutes: float = typer.Option(None, "--for", min=0, metavar="MINUTES", help="Stop after this many minutes."),
    as_json: bool = typer.Option(False, "--json", help="Print address and key as one line of JSON."),
) -> None:
    """Serve the owner's page as on AWS: what waits for you, the brief, the company, schedules; answers by link.

    It asks for the key that is printed here, a new one each time. The links in a desk's mailed brief use the default
    port.
    """
    import json
    import secrets

    from company.console.app import respond
    from watchbill.cloud.function_urls import desk_address, serving

    key = secrets.token_urlsafe(24)
    with _site(key) as site, serving(lambda event: respond(site, event), free_port(port)) as served:
        address = {"url": desk_address(served), "key": key}
        say(json.dumps(address) if as_json else f"{address['url']}  key: {key}\nStop it with Ctrl-C.")
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
def _site(key: str) -> Iterator["Site"]:
    """Uses the console's own login, as on AWS. An answer fires the asker in a thread: that takes some seconds."""
    from concurrent.futures import ThreadPoolExecutor

    from company.console.site import Site
    from watchbill.cli.last_desk import open_brain, the_company, title, zone

    day = the_company()
    with open_brain("console") as brain, ThreadPoolExecutor(max_workers=1) as executor:
        yield Site(
            brain=lambda: brain,
            key=key,
            title=title(day),
            zone=zone(),
            desk=day.data_kind,
            wake=lambda asker: not executor.submit(_wake, asker).cancelled(),
            is_secure=False,
        )


def _wake(asker: str) -> None:
    """Reports the result on stderr: the page was sent long before."""
    from watchbill.cli.last_desk import wake_asker

    try:
        done = wake_asker(asker)
    except Exception as error:  # the answer is saved whatever fails here, and the page stays up
        say(f"{asker} could not be woken: {error}", err=True)
    else:
        say(f"{asker} was woken{'' if done.is_ok else f' and stopped with an error: {done.payload}'}", err=True)


def wait_for_the_end(minutes: float | None) -> None:
    """Until Ctrl-C, or for a number of minutes."""
    try:
        time.sleep(minutes * 60 if minutes is not None else 10**8)
    except (KeyboardInterrupt, Ended):
        say("closed", err=True)
