"""`watchbill api`: serves the address for customers' programs over the last day's brain, on loopback until Ctrl-C."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from watchbill.cli.arguments import minutes_option
from watchbill.cli.printing import say, show_json_line
from watchbill.cloud.desk_addresses import DESK_API_PORT

if TYPE_CHECKING:
    from company.api import ApiSite


def api(
    port: int = typer.Option(DESK_API_PORT, "--port", min=0, max=65535, help="The port; 0 takes a free one."),
    minutes: float = minutes_option(),
    as_json: bool = typer.Option(False, "--json", help="Print the address as one line of JSON."),
    document: bool = typer.Option(False, "--document", help="Only print the OpenAPI document."),
) -> None:
    """Serve the address for customers' programs as on AWS; `watchbill customers key NAME` makes a key.

    Its OpenAPI document is at v1/openapi.json. On a desk whose clock stands still a key's requests are not limited.
    """
    from company.api import respond
    from watchbill.cli.commands.console import free_port, wait_for_the_end
    from watchbill.cloud.desk_addresses import desk_address
    from watchbill.cloud.function_urls import serving

    if document:
        _print_document()
        return
    with _site() as site, serving(lambda event: respond(site, event), free_port(port)) as served:
        url = desk_address(served)
        show_json_line({"url": url}) if as_json else say(f"{url}v1/openapi.json\nStop it with Ctrl-C.")
        wait_for_the_end(minutes)


def _print_document() -> None:
    """Of the product that is deployed; needs no brain."""
    import json

    from company.vertical import load
    from watchbill.cli.printing import show_json
    from watchbill.home import default_vertical

    lookup = load(default_vertical()).lookup
    show_json(json.loads(lookup.document()) if lookup else None)


@contextmanager
def _site() -> Iterator["ApiSite"]:
    """Uses the function's own login, as on AWS."""
    from company.api import ApiSite, Strangers
    from company.log import make_log
    from company.vertical import load
    from watchbill.cli.last_desk import open_brain, the_company
    from watchbill.errors import DeskError

    lookup = load(the_company().vertical).lookup
    if lookup is None:
        raise DeskError("This product looks nothing up.")
    with open_brain("lookup") as brain:
        yield ApiSite(
            brain=lambda: brain,
            routes=lookup.routes,
            public=lookup.public,
            posted=lookup.posted,
            log=make_log("lookup"),
            strangers=Strangers(),
            is_limited=not brain.value("clock_is_simulated"),
        )
