"""What the owner is told of `day --think`: before it, what it may cost; after it, what it did."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from watchbill.desk.model_access import Estimate, ModelAccess

MOST_ROLES = 6


def access(*, cap_usd: float, is_agreed: bool, quiet: Callable[[], AbstractContextManager[None]]) -> "ModelAccess":
    """Whom the shell names, with a cap, and with the owner's word before the first fire where she can give it."""
    from watchbill.cli.shell_settings import read_shell

    model = read_shell().model
    assert model is not None, "a day that thinks was refused before this when there is nobody to ask"

    def agree(foreseen: "Estimate") -> None:
        with quiet():
            typer.echo(as_words(foreseen, host=model.host, cap_usd=cap_usd), err=True)
            if not is_agreed and sys.stdin.isatty():
                typer.confirm("Go on?", abort=True, err=True)

    return replace(model, cap_usd=cap_usd, agree=agree)


def as_words(foreseen: "Estimate", *, host: str, cap_usd: float) -> str:
    """The estimate and the cap, in four lines."""
    from watchbill.days.estimates import TURNS

    read = sum(foreseen.tokens[kind] for kind in ("input", "cache_write", "cache_read"))
    lines = (
        f"--think: {foreseen.employees} employees ask {', '.join(foreseen.models)} at {host}.",
        f"About ${foreseen.usd:.2f} at list prices, if each of {foreseen.fires} fires finds work and takes"
        f" {TURNS} turns:",
        f"{read / 1e6:.1f} million tokens of input, {foreseen.cached:.0%} of them read back from the cache, and"
        f" {foreseen.tokens['output'] / 1e6:.2f} million of output.",
        f"The cap is ${cap_usd:.2f} (--cap); at it the book goes on.",
    )
    return "\n".join(lines)


def spent(since: datetime, cap_usd: float) -> dict[str, Any]:
    """What the last day's thinking came to: as `cost --json`, with the cap and why the book stood in."""
    from watchbill.cli.cost_figures import figures
    from watchbill.cli.last_desk import open_brain

    with open_brain() as brain:
        now = brain.now()
        summed = figures(brain, since=since, now=now)
        because = [dict(row) for row in brain.all("brief_by_the_book_because", since=since, until=now)]
    return {**summed, "cap_usd": cap_usd, "by_the_book_because": because}


def as_lines(summed: dict[str, Any]) -> Iterator[str]:
    """The same as lines below the brief."""
    cached = "" if summed["cached"] is None else f", {summed['cached']:.0%} of the input read from the cache"
    yield f"thought   ${summed['usd']:.2f} of ${summed['cap_usd']:.2f}{cached}; by role: `watchbill cost`"
    dearest = [(role, one["usd"]) for role, one in summed["by_role"].items() if one["usd"]]
    if dearest:
        rest = sum(usd for _, usd in dearest[MOST_ROLES:])
        told = [f"{role} ${usd:.2f}" for role, usd in dearest[:MOST_ROLES]]
        yield f"          {', '.join(told)}" + (f", others ${rest:.2f}" if rest else "")
    for row in summed["by_the_book_because"][:3]:
        yield f"          by the book {row['fires']}x: {row['because']}"
