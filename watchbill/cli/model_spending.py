"""What `day --think` prints about money: an estimate before it, what it spent after it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import typer

from company.json_values import JsonObject
from watchbill.cli.printing import say

if TYPE_CHECKING:
    from watchbill.desk.model_access import Estimate, ModelAccess

MOST_ROLES = 6


def access(*, cap_usd: float, is_agreed: bool, quiet: Callable[[], AbstractContextManager[None]]) -> "ModelAccess":
    """The model that the shell names, with a cap; on a terminal the owner confirms before the first fire."""
    from watchbill.cli.shell_settings import read_shell

    model = read_shell().model
    assert model is not None, "the options were checked before: there is a model"

    def confirm(estimate: "Estimate") -> None:
        with quiet():
            say(describe_estimate(estimate, host=model.host, cap_usd=cap_usd), err=True)
            if not is_agreed and sys.stdin.isatty():
                typer.confirm("Continue?", abort=True, err=True)

    return replace(model, cap_usd=cap_usd, confirm=confirm)


def describe_estimate(estimate: "Estimate", *, host: str, cap_usd: float) -> str:
    """The estimate and the cap, in four lines."""
    from watchbill.days.estimates import TURNS

    read = sum(estimate.tokens[kind] for kind in ("input", "cache_write", "cache_read"))
    lines = (
        f"--think: {estimate.employees} employees use {', '.join(estimate.models)} at {host}.",
        f"About ${estimate.usd:.2f} at list prices, if each of {estimate.fires} fires has work and takes"
        f" {TURNS} turns:",
        f"{read / 1e6:.1f} million tokens of input, {estimate.cached:.0%} of them read back from the cache, and"
        f" {estimate.tokens['output'] / 1e6:.2f} million of output.",
        f"The cap is ${cap_usd:.2f} (--cap); when it is reached, work continues by the book.",
    )
    return "\n".join(lines)


def model_spending(since: datetime, cap_usd: float) -> JsonObject:
    """What the last day's model calls cost: as `cost --json`, with the cap and why the book replaced the model."""
    from watchbill.cli.cost_figures import figures
    from watchbill.cli.last_desk import open_brain

    with open_brain() as brain:
        now = brain.now()
        summed = figures(brain, since=since, now=now)
        because = [dict(row) for row in brain.all("brief_by_the_book_because", since=since, until=now)]
    return {**summed, "cap_usd": cap_usd, "by_the_book_because": because}


def as_lines(summed: JsonObject) -> Iterator[str]:
    """The same as lines below the brief."""
    cached = "" if summed["cached"] is None else f", {summed['cached']:.0%} of the input read from the cache"
    yield f"model     ${summed['usd']:.2f} of ${summed['cap_usd']:.2f}{cached}; by role: `watchbill cost`"
    most_expensive = [(role, one["usd"]) for role, one in summed["by_role"].items() if one["usd"]]
    if most_expensive:
        rest = sum(usd for _, usd in most_expensive[MOST_ROLES:])
        named = [f"{role} ${usd:.2f}" for role, usd in most_expensive[:MOST_ROLES]]
        yield f"          {', '.join(named)}" + (f", others ${rest:.2f}" if rest else "")
    for row in summed["by_the_book_because"][:3]:
        yield f"          by the book {row['fires']}x: {row['because']}"
