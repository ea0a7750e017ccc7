"""`watchbill console`: the owner's web page over the last day's brain, on loopback, until Ctrl-C."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from watchbill.cloud.function_urls import DESK_PORT

if TYPE_CHECKING:
    from company.console import Site


def console(
    port: int = typer.Option(DESK_PORT, "--port", min=0, max=65535, help="Where to serve; 0 takes a free port."),
    minutes: float = typer.Option(None, "--for", min=0, metavar="MINUTES", help="End by itself after so long."),
    as_json: bool = typer.Option(False, "--json", help="Print address and key as one line of JSON."),
) -> None:
    """Serve the page that the company has on AWS: what waits for you, brief, company, schedules; answers by link.

    It asks for the key that is printed here, made anew each time. The links in a desk's mailed brief lead to --port's
    default.
    """
    import json
    import secrets

    from company.console import respond
    from watchbill.cloud.function_urls import desk_address, serving

    key = secrets.token_urlsafe(24)
    with _site(key) as site, serving(lambda event: respond(site, event), _free(port)) as served:
        told = {"url": desk_address(served), "key": key}
        typer.echo(json.dumps(told) if as_json else f"{told['url']}  key: {key}\nEnd it with Ctrl-C.")
        _wait(minutes)


def _free(port: int) -> int:
    """The port, when nobody else has it."""
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
    """The console's own login, as on AWS. An answer fires the asker beside the page: that takes some seconds."""
    from concurrent.futures import ThreadPoolExecutor

    from company.console import Site
    from watchbill.cli.last_desk import ZONE, open_brain, title
    from watchbill.cli.shell_settings import read_shell
    from watchbill.home import last_day

    day = last_day(read_shell().home)
    with open_brain("console") as brain, ThreadPoolExecutor(max_workers=1) as aside:
        yield Site(
            brain=lambda: brain,
            key=key,
            title=title(day),
            zone=ZONE,
            desk=day.words,
            wake=lambda asker: not aside.submit(_wake, asker).cancelled(),
            is_secure=False,
        )


def _wake(asker: str) -> None:
    """Says on stderr what came of it: the page has long been answered."""
    from watchbill.cli.last_desk import wake_asker

    try:
        done = wake_asker(asker)
    except Exception as error:  # whatever the desk can do, the answer is kept and the page goes on
        typer.echo(f"{asker} could not be woken: {error}", err=True)
    else:
        typer.echo(f"{asker} was woken{'' if done.is_ok else f' and stopped with an error: {done.payload}'}", err=True)


def _wait(minutes: float | None) -> None:
    try:
        time.sleep(minutes * 60 if minutes is not None else 10**8)
    except KeyboardInterrupt:
        typer.echo("closed", err=True)
