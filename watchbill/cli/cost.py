"""`watchbill cost`: what thinking came to, by role; the cloud's own bill is not in it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import typer


def cost(
    days: int = typer.Option(1, min=1, max=366, help="Over so many days up to now."),
    as_json: bool = typer.Option(False, "--json", help="Print dollars and tokens as JSON."),
) -> None:
    """Show what thinking came to in dollars and tokens, by role. The cloud's bill is not included."""
    from watchbill.cli.house import open_brain
    from watchbill.cli.printing import show, show_json, table

    with open_brain() as brain:
        since = brain.now() - timedelta(days=days)
        rows, kinds = brain.all("cost_by_role", since=since), brain.all("tokens_by_kind", since=since)
    summed = as_figures(rows, kinds)
    if as_json:
        show_json(summed)
        return
    told = [
        (role, f"{one['usd']:.4f}", f"{sum(one['tokens'].values()):,}", str(one["fires"]), str(one["by_the_book"]))
        for role, one in summed["by_role"].items()
    ]
    head = ("ROLE", "USD", "TOKENS", "FIRES", "BY THE BOOK")
    total = f"${summed['usd']:.2f} in {days} day{'s' if days > 1 else ''}; the cloud's own bill is not included.\n"
    show(total + (table(head, told) if told else "Nobody fired.\n"))


def as_figures(rows: Iterable[Mapping[str, Any]], kinds: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """{"usd", "tokens": {kind: n}, "by_role": {role: {"usd", "tokens", "fires", "by_the_book"}}}."""
    tokens: dict[str, int] = defaultdict(int)
    of_role: dict[str, dict[str, int]] = defaultdict(dict)
    for row in kinds:
        tokens[row["kind"]] += row["tokens"]
        of_role[row["role"]][row["kind"]] = row["tokens"]
    by_role = {
        row["role"]: {
            "usd": round(row["usd"], 6),
            "tokens": of_role[row["role"]],
            **{key: row[key] for key in ("fires", "by_the_book", "turns")},
        }
        for row in rows
    }
    return {"usd": round(sum(one["usd"] for one in by_role.values()), 6), "tokens": dict(tokens), "by_role": by_role}
