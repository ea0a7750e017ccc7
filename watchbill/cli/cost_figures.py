"""The figures behind `watchbill cost`, for whoever reads JSON, and the same as a page."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from company.brain import Brain
from watchbill.cli.printing import table

Row = Mapping[str, Any]


def figures(brain: Brain, *, since: datetime, now: datetime) -> dict[str, Any]:
    """{"usd", "tokens", "by_role"} of the span; beside it today, month, cached share, limits, who stopped, unpriced."""
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    summed = as_figures(brain.all("cost_by_role", since=since), brain.all("tokens_by_kind", since=since))
    return {
        **summed,
        "since": since.isoformat(),
        "today_usd": round(brain.value("spent_since", since=today), 6),
        "month_usd": round(brain.value("spent_since", since=month), 6),
        "cached": cached_share(summed["tokens"]),
        "limits": [dict(row) for row in brain.all("spending_limits")],
        "by_the_book": [dict(row) for row in brain.all("spending_refusals", since=since)],
        "unpriced": [dict(row) for row in brain.all("unpriced_models", since=since)],
    }


def as_figures(rows: Iterable[Row], kinds: Iterable[Row]) -> dict[str, Any]:
    """{"usd", "tokens": {kind: n}, "by_role": {role: {"usd", "tokens", "cached", "fires", "by_the_book", "turns"}}}."""
    tokens: dict[str, int] = defaultdict(int)
    of_role: dict[str, dict[str, int]] = defaultdict(dict)
    for row in kinds:
        tokens[row["kind"]] += row["tokens"]
        of_role[row["role"]][row["kind"]] = row["tokens"]
    by_role = {
        row["role"]: {
            "usd": round(row["usd"], 6),
            "tokens": of_role[row["role"]],
            "cached": cached_share(of_role[row["role"]]),
            **{key: row[key] for key in ("fires", "by_the_book", "turns")},
        }
        for row in rows
    }
    return {"usd": round(sum(one["usd"] for one in by_role.values()), 6), "tokens": dict(tokens), "by_role": by_role}


def cached_share(tokens: Mapping[str, int]) -> float | None:
    """How much of all input was read back from the cache, 0 to 1; None without any input."""
    whole = sum(tokens.get(kind, 0) for kind in ("input", "cache_write", "cache_read"))
    return round(tokens.get("cache_read", 0) / whole, 4) if whole else None


def as_page(summed: Mapping[str, Any], span: str) -> str:
    """The same in words: the sum, the limits, who went on by the book, and the roles."""
    first = f"${summed['usd']:.2f} {span}; the cloud's own bill is not included.\n"
    cached = "" if summed["cached"] is None else f"; {summed['cached']:.0%} of the input came from the cache"
    second = f"${summed['today_usd']:.2f} today (UTC), ${summed['month_usd']:.2f} this month{cached}.\n"
    return first + second + "".join(_remarks(summed)) + "\n" + _limits(summed) + "\n" + _roles(summed)


def _remarks(summed: Mapping[str, Any]) -> Iterable[str]:
    for row in summed["by_the_book"]:
        yield f"{row['role']} went on by the book {row['times']}x: {row['because']}\n"
    for row in summed["unpriced"]:
        yield f"{row['model']} is on no price list: {row['calls']} calls counted at the dearest known price.\n"


def _limits(summed: Mapping[str, Any]) -> str:
    told = [(row["whose"], row["unit"], _amount(row["gone"]), _amount(row["most"])) for row in summed["limits"]]
    return table(("LIMIT OF A DAY", "UNIT", "GONE", "OF"), told)


def _amount(number: float) -> str:
    """2, 0.35, 5,000,000."""
    return f"{number:,.2f}".rstrip("0").rstrip(".")


def _roles(summed: Mapping[str, Any]) -> str:
    kinds = ("input", "output", "cache_write", "cache_read")
    told = [
        (
            role,
            f"{one['usd']:.4f}",
            *(f"{one['tokens'].get(kind, 0):,}" for kind in kinds),
            "-" if one["cached"] is None else f"{one['cached']:.0%}",
            str(one["fires"]),
            str(one["by_the_book"]),
        )
        for role, one in summed["by_role"].items()
    ]
    head = ("ROLE", "USD", "INPUT", "OUTPUT", "CACHE WRITE", "CACHE READ", "CACHED", "FIRES", "BY THE BOOK")
    return table(head, told) if told else "Nobody fired.\n"
